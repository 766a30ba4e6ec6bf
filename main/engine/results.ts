import type { Answers } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { Batch } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import type { Subject } from './inspect/subject.ts'
import { randomStream } from './random.ts'
import { pickExamples } from './sequence.ts'
import { likeliest } from './tasks/answers.ts'
import { scoredExamples, type TaskInstance } from './tasks/task.ts'
import { answer } from './train.ts'

const answered = scoredExamples.test

/** What every run answers on the test examples, beside the truth. */
export function answersOf({ task, runs, compute, batchSize }: Subject): Answers {
  const batch = task.heldOut('test', answered)
  const tags = task.tags?.('test', answered)
  const given = runs.map(({ model }) => answer(compute, model, batch, task.metric, batchSize))
  return {
    targets: task.present.targets(batch.targets),
    ...(batch.lengths && { lengths: batch.lengths }),
    ...(tags && {
      tags: Object.fromEntries(Object.entries(tags).map(([name, of]) => [name, ndarray([of.length], of)])),
    }),
    outputs: given.map(({ output }) => task.present.outputs(output)),
    metrics: given.map(({ output }) => metricOfEach(task, output, batch)),
    baselines: task.present.baselines?.('test', answered) ?? {},
    scores: given.map(({ loss, metric }) => ({ loss, metric })),
  }
}

function metricOfEach({ metric }: TaskInstance, { shape, data }: Floats, batch: Batch): Floats {
  const [count, ...own] = shape as [number, ...number[]]
  const size = sizeOf(own)
  const answerTo = (k: number) => ndarray([1, ...own], data.subarray(k * size, (k + 1) * size))
  return ndarray(
    [count],
    Float32Array.from({ length: count }, (_, k) => metric(answerTo(k), pickExamples(batch, [k]))),
  )
}

export interface Sampling {
  readonly run: number
  readonly prompt: string
  readonly length: number
  readonly temperature: number
}

/**
 * Text continued by one run. Each character is the answer to the window before it, as in training;
 * `temperature` divides the logits, 0 takes the likeliest. Throws `spec-invalid` for a prompt that is
 * empty or has characters the network has never seen.
 */
export function sampleFrom(
  { task, compute, runs }: Subject,
  seed: number,
  { run: index, prompt, length, temperature }: Sampling,
): string {
  const { vocabulary, outputs, length: window } = task.facts
  const run = runs[index]
  if (!run) throw new LabError('not-found', `There is no run ${index}.`, `Choose 0 to ${runs.length - 1}.`)
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
  const random = randomStream(seed, 'sample', run.step)
  const start = ids.length
  while (ids.length < start + length) {
    const read = ids.slice(-window)
    const batch = { inputs: ndarray([1, read.length], Int32Array.from(read)), targets: ndarray([1], Int32Array.of(0)) }
    const logits = answer(compute, run.model, batch, task.metric, 1).output
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
  if (Number.isNaN(best)) {
    throw new LabError('loss-not-finite', 'What the network answers is not a number.', 'Go back to an earlier state.')
  }
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
