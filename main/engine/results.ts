import type { Answers, Example } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { Trace } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import { randomStream } from './random.ts'
import { cutSteps, lengthsOf, pickExamples } from './sequence.ts'
import type { Run, Session } from './session.ts'
import { likeliest } from './tasks/answers.ts'
import { scoredExamples } from './tasks/task.ts'
import { trace } from './trace.ts'

const answered = scoredExamples.test

/** What every run answers on the test examples, beside the truth. */
export function answersOf({ task, runs }: Session): Answers {
  const batch = task.heldOut('test', answered)
  const tags = task.tags?.('test', answered)
  const given = runs.map(({ trainer }) => trainer.answer(batch))
  return {
    targets: task.present.targets(batch.targets),
    ...(batch.lengths && { lengths: batch.lengths }),
    ...(tags && {
      tags: Object.fromEntries(Object.entries(tags).map(([name, of]) => [name, ndarray([of.length], of)])),
    }),
    outputs: given.map(({ output }) => task.present.outputs(output)),
    baselines: task.present.baselines?.('test', answered) ?? {},
    scores: given.map(({ loss, metric }) => ({ loss, metric })),
  }
}

/**
 * One test example with every run's trace; its horizons by `horizonThreshold`. Throws LabError `not-found`
 * beyond the last example.
 */
export function exampleOf({ task, runs, compute }: Session, index: number, horizonThreshold?: number): Example {
  const all = task.heldOut('test', answered)
  const count = all.inputs.shape[0] as number
  if (index >= count) {
    throw new LabError('not-found', `There is no held-out example ${index + 1}.`, `Choose one of 1 to ${count}.`)
  }
  const padded = pickExamples(all, [index])
  const length = lengthsOf(padded)[0] as number
  const { lengths: _whole, ...batch } = cutSteps(padded, length)
  const inputs = task.present.inputs(batch, 0)
  const { vocabulary } = task.facts
  return {
    index,
    count,
    inputs,
    ...(vocabulary && { tokens: Array.from(inputs.data, (id) => vocabulary[id] as string) }),
    target: task.present.targets(batch.targets).data.at(-1) as number,
    runs: runs.map(({ trainer }) => {
      const { parameters, config, step } = trainer
      const model = { config, parameters }
      const options = { jacobians: false, ...(horizonThreshold !== undefined && { horizonThreshold }) }
      // Weights of their own are for all steps of the task, or none.
      const arrays =
        config.weights === 'per-step'
          ? withoutPadding(trace(compute, model, padded, options), length)
          : trace(compute, model, batch, options)
      const recurrent = parameters[`rnn.weight_hh_l${config.layers - 1}`]
      return {
        step,
        trace: arrays,
        answer: task.present.outputs(arrays.output as Floats).data.at(-1) as number,
        ...(recurrent?.shape.length === 2 && recurrent.data.length <= 1_000_000 && { recurrent }),
      }
    }),
  }
}

/** The trace of one padded example as it would be without the steps after `length`. */
function withoutPadding(arrays: Trace, length: number): Trace {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { shape, data } = array
      if (name.includes('.flow.')) return [name, ndarray([length], data.slice(data.length - length))]
      const hasTime = !name.startsWith('grad.parameters.') && shape[0] === 1 && shape.length > 1
      if (!hasTime || (name === 'output' && shape.length === 2)) return [name, array]
      const rest = shape.slice(2)
      return [name, ndarray([1, length, ...rest], data.slice(0, length * sizeOf(rest)))]
    }),
  )
}

/**
 * Text continued by one run. Each character is the answer to the window before it, as in training;
 * `temperature` divides the logits, 0 takes the likeliest. Throws `spec-invalid` for a prompt that is
 * empty or has characters the network has never seen.
 */
export function sampleFrom(session: Session, run: Run, prompt: string, length: number, temperature: number): string {
  const { vocabulary, outputs, length: window } = session.task.facts
  if (!vocabulary || outputs !== 'next-token') {
    const message = 'Only a network that answers with the next token can be sampled from.'
    throw new LabError('spec-invalid', message, 'Open an experiment on a text.', { field: 'task.id' })
  }
  const ids = [...prompt].map((character) => vocabulary.indexOf(character))
  const unknown = [...new Set([...prompt].filter((_, k) => ids[k] === -1))].join(' ')
  if (!ids.length || unknown) {
    const message = unknown ? `The text it was trained on has no ${unknown}` : 'The prompt is empty.'
    throw new LabError('spec-invalid', message, 'Start with characters of the training text.', {
      field: 'prompt',
      value: unknown,
    })
  }
  const random = randomStream(session.seed, 'sample', run.trainer.step)
  const start = ids.length
  while (ids.length < start + length) {
    const read = ids.slice(-window)
    const batch = { inputs: ndarray([1, read.length], Int32Array.from(read)), targets: ndarray([1], Int32Array.of(0)) }
    const logits = run.trainer.answer(batch).output
    if (!logits.data.every(Number.isFinite)) {
      const hint = 'Train again with a smaller learning rate or with clipping.'
      throw new LabError('loss-not-finite', `The answers of ${run.name} are not finite numbers.`, hint, {
        run: run.name,
      })
    }
    ids.push(draw(logits, temperature, random.uniform()))
  }
  return ids
    .slice(start)
    .map((id) => vocabulary[id])
    .join('')
}

/** A class from logits [1, K] at a point in 0..1 of their cumulative probabilities. */
function draw(logits: Floats, temperature: number, point: number): number {
  const best = likeliest(logits)[0] as number
  if (temperature === 0) return best
  const top = logits.data[best] as number
  const weights = Array.from(logits.data, (logit) => Math.exp((logit - top) / temperature))
  let left = point * weights.reduce((sum, weight) => sum + weight, 0)
  const chosen = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return chosen < 0 ? best : chosen
}
