import { setImmediate } from 'node:timers/promises'
import { LabError } from '../../../shared/errors.ts'
import type { Examples, FindQuery, Found, Place } from '../../../shared/inspect.ts'
import type { Model } from '../../../shared/model.ts'
import { cellById } from '../cells/catalogue.ts'
import type { Compute } from '../layers/layer.ts'
import { runNetwork } from '../network.ts'
import { cutSteps, lengthsOf } from '../sequence.ts'
import { bestPlaces, standardise, Trajectory } from './similarity.ts'
import { countOf, exampleAt, examplesOf, type Subject } from './subject.ts'

/** Milliseconds that a search may take, in all and before it hands over to training. */
const patience = 10_000
const slice = 25
/** Examples of the training set that are looked through, and numbers that are kept of all of them. */
const trainExamples = 1024
const maxNumbers = 2 ** 25

/** A search that can be ended before its time. */
export interface Search {
  cancelled: boolean
}

/**
 * Where the same units behave alike: places whose trajectories over as many steps have the largest cosine
 * similarity with those of the stretch that is asked about. Each unit is taken as its distance from its mean,
 * in its standard deviations, both over everything that was looked through: so a unit that is always large
 * makes nothing alike, and a swing counts by its shape and not by its size. Stretches that overlap a better
 * one, or the one that was asked about, are left out.
 *
 * Throws LabError `not-found` for a run or example that is not there, `spec-invalid` for a layer, unit or
 * stretch that does not fit.
 */
export async function find(subject: Subject, query: FindQuery, search: Search): Promise<Found> {
  const run = subject.runs[query.run]
  if (!run) throw new LabError('not-found', `There is no run ${query.run}.`, `Choose 0 to ${subject.runs.length - 1}.`)
  check(run.model, query)
  const deadline = performance.now() + patience
  const { compute } = subject
  const asked = exampleAt(subject, query.examples, query.index)
  const length = lengthsOf(asked.padded)[0] as number
  if (query.to >= length) refuse('to', query.to, `the example's last step is ${length - 1}`)
  const [own] = trajectories(compute, run.model, asked.padded, query) as [Trajectory]

  const looked: { readonly examples: Examples; readonly index: number; readonly trajectory: Trajectory }[] = []
  const counts = query.within.map((examples) => [examples, sizeOf(subject, examples)] as const)
  let numbers = 0
  const isOver = () => search.cancelled || numbers > maxNumbers
  collecting: for (const [examples, count] of counts) {
    for (const [from, to] of parts(subject, run.model, examples, count)) {
      // Half of the time is for comparing.
      if (isOver() || performance.now() > deadline - patience / 2) break collecting
      const found = trajectories(compute, run.model, examplesOf(subject, examples, from, to), query)
      for (const [k, trajectory] of found.entries()) {
        looked.push({ examples, index: from + k, trajectory })
        numbers += trajectory.values.length
      }
      await setImmediate()
    }
  }
  const scale = standardise(looked.map(({ trajectory }) => trajectory))
  const stretch = scale(own).slice(query.from, query.to + 1)
  const places: Omit<Place, 'tokens'>[] = []
  let examined = 0
  let turn = performance.now()
  const pause = async () => {
    if (performance.now() < turn + slice) return
    await setImmediate()
    turn = performance.now()
  }
  for (const { examples, index, trajectory } of looked) {
    await pause()
    if (search.cancelled || performance.now() > deadline) break
    const isOwn = examples === query.examples && index === query.index
    const found = await bestPlaces(stretch, scale(trajectory), query.limit, isOwn ? query.from : undefined, pause)
    for (const { from, score } of found) places.push({ examples, index, from, to: from + query.to - query.from, score })
    examined += 1
  }
  const best = places.sort((a, b) => b.score - a.score).slice(0, query.limit)
  return {
    step: run.step,
    places: best.map((place) => ({ ...place, ...tokensOf(subject, place) })),
    examined,
    available: counts.reduce((sum, [, count]) => sum + count, 0),
    cancelled: search.cancelled,
  }
}

const sizeOf = (subject: Subject, examples: Examples): number =>
  examples === 'train' ? Math.min(trainExamples, countOf(subject, examples)) : countOf(subject, examples)

/** As many examples at a time as are quickly run; of training none that reach into the next update's batch. */
function* parts({ task, batchSize }: Subject, { config }: Model, examples: Examples, count: number) {
  const many = Math.max(1, Math.min(32, Math.floor(2 ** 20 / (task.facts.length * config.hiddenSize * config.layers))))
  for (let from = 0; from < count; ) {
    const border = examples === 'train' ? (Math.floor(from / batchSize) + 1) * batchSize : count
    const to = Math.min(from + many, border, count)
    yield [from, to] as const
    from = to
  }
}

/** The chosen units' values over each example's real steps. */
function trajectories(
  compute: Compute,
  model: Model,
  padded: ReturnType<typeof examplesOf>,
  { layer, of, units }: FindQuery,
): Trajectory[] {
  const lengths = lengthsOf(padded)
  const batch = model.config.weights === 'per-step' ? padded : cutSteps(padded, Math.max(...lengths))
  const ran = runNetwork(compute, model, batch.inputs, lengths, { states: of === 'cell' })
  ran.release()
  const states = ran.layers[layer]?.pass[of]
  if (!states) throw new TypeError(`layer ${layer} has no ${of}`)
  const width = states.shape[2] as number
  return lengths.map((length, b) => {
    const values = new Float32Array(length * units.length)
    for (let t = 0; t < length; t++) {
      const from = (t * lengths.length + b) * width
      for (const [k, unit] of units.entries()) values[t * units.length + k] = states.data[from + unit] as number
    }
    return new Trajectory(units.length, values)
  })
}

function tokensOf(subject: Subject, { examples, index, from, to }: Omit<Place, 'tokens'>): Pick<Place, 'tokens'> {
  const { vocabulary } = subject.task.facts
  if (!vocabulary) return {}
  const { data } = examplesOf(subject, examples, index, index + 1).inputs
  return { tokens: Array.from(data.slice(from, to + 1), (id) => vocabulary[id] as string) }
}

function check({ config }: Model, { layer, of, units }: FindQuery): void {
  if (layer >= config.layers) refuse('layer', layer, `this model has ${config.layers} layers`)
  if (of === 'cell' && !cellById(config.cell).hasCellState) refuse('of', of, `the cell ${config.cell} has no c`)
  const wrong = units.find((unit) => unit >= config.hiddenSize)
  if (wrong !== undefined) refuse('units', wrong, `this model has ${config.hiddenSize} units`)
}

function refuse(field: string, value: string | number, why: string): never {
  const message = `${field} is ${value}, but ${why}.`
  throw new LabError('spec-invalid', message, 'Choose what this network and example have.', { field, value })
}
