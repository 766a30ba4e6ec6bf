import type { Answers, Example } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { Batch } from '../../shared/model.ts'
import { type Floats, type Integers, ndarray } from '../../shared/ndarray.ts'
import { randomStream } from './random.ts'
import type { Run, Session } from './session.ts'
import { likeliest } from './tasks/answers.ts'
import { scoredExamples } from './tasks/task.ts'
import { trace } from './trace.ts'

const answered = scoredExamples.test

/** What every run answers on the test examples, beside the truth. */
export function answersOf({ task, runs }: Session): Answers {
  const batch = task.heldOut('test', answered)
  const given = runs.map(({ trainer }) => trainer.answer(batch))
  return {
    targets: task.present.targets(batch.targets),
    ...(batch.lengths && { lengths: batch.lengths }),
    outputs: given.map(({ output }) => task.present.outputs(output)),
    baselines: task.present.baselines?.('test', answered) ?? {},
    scores: given.map(({ loss, metric }) => ({ loss, metric })),
  }
}

/** One test example with every run's trace. Throws LabError `not-found` beyond the last example. */
export function exampleOf({ task, runs, compute }: Session, index: number): Example {
  const all = task.heldOut('test', answered)
  const count = all.inputs.shape[0] as number
  if (index >= count) {
    throw new LabError('not-found', `There is no held-out example ${index + 1}.`, `Choose one of 1 to ${count}.`)
  }
  const batch = pick(all, index)
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
      const arrays = trace(compute, { config, parameters }, batch, { jacobians: false })
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

/** One example as a batch of its own, without padding. */
function pick({ inputs, targets, lengths }: Batch, index: number): Batch {
  const time = inputs.shape[1] as number
  const length = lengths ? (lengths.data[index] as number) : time
  const row = <A extends Floats | Integers>({ shape, data }: A, steps: boolean): A => {
    const size = data.length / (shape[0] as number)
    const kept = steps ? (size / time) * length : size
    const own = steps ? [1, length, ...shape.slice(2)] : [1, ...shape.slice(1)]
    return ndarray(own, data.slice(index * size, index * size + kept) as A['data']) as A
  }
  return { inputs: row(inputs, true), targets: row(targets, isPerStep(targets, inputs)) }
}

/** Whether targets have a time axis: ids [B, T] or values [B, T, K]. */
function isPerStep(targets: Batch['targets'], { shape }: Batch['inputs']): boolean {
  return targets.shape.length === (targets.data instanceof Int32Array ? 2 : 3) && targets.shape[1] === shape[1]
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
