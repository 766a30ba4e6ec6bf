import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Random } from '../random.ts'
import { generated, heldOutExamples } from './generated.ts'
import { inputsOf } from './inputs.ts'
import { meanAbsoluteError, scored } from './series.ts'
import { forEachSplit, scoredExamples, type Task } from './task.ts'

/** What factor^(length - 1) has to stay within, so that float32 losses mean something. */
const [faintest, loudest] = [1e-6, 1e6]

/**
 * One weight, multiplied again and again: the first step shows a number x in -1..1, all others show 0,
 * and the answer after the last one is x * factor^(length - 1). A network of one unit without a
 * non-linearity, the cell it is meant for (`rnn`, activation `identity`, hiddenSize 1), answers
 * v w^(length - 1) u x with its recurrent weight w: a little below `factor` the answer and its gradient
 * die away, a little above they explode, and the loss over w is a plain that ends in a cliff (Bengio,
 * Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013). Input and output weights can make up for a
 * wrong w only by being that large themselves.
 */
export const scalar: Task<{ id: 'scalar'; length: number; factor: number }> = {
  id: 'scalar',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('scalar'),
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000)), 50),
    factor: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(1.5)), 1),
  }),

  create({ length, factor }, _source, seed) {
    const gain = factor ** (length - 1)
    if (gain < faintest || gain > loudest) throw outOfRange(length, factor, gain)
    const data = generated('scalar', seed, (random, size) => examples(random, size, length, gain))
    const mean = (split: Split) => {
      const batch = data.heldOut(split, scoredExamples[split])
      const [count] = batch.targets.shape as [number]
      return scored('mean', ndarray([count, 1], new Float32Array(count)), batch)
    }
    return {
      facts: {
        length,
        inputs: { kind: 'values', names: ['impulse'] },
        outputs: 'value',
        metric: { id: 'mean-absolute-error', better: 'lower' },
        loss: 'mse',
        baselines: forEachSplit((split) => [mean(split)]),
        heldOut: heldOutExamples,
      },
      interface: { inputSize: 1, outputSize: 1, head: 'last', loss: 'mse' },
      ...data,
      metric: meanAbsoluteError,
      present: {
        inputs: inputsOf,
        targets: (targets) => targets as Floats,
        outputs: (output) => output,
      },
    }
  },
}

function examples(random: Random, count: number, length: number, gain: number): Batch {
  const inputs = new Float32Array(count * length)
  const targets = new Float32Array(count)
  for (let b = 0; b < count; b++) {
    const impulse = 2 * random.uniform() - 1
    inputs[b * length] = impulse
    targets[b] = impulse * gain
  }
  return { inputs: ndarray([count, length, 1], inputs), targets: ndarray([count, 1], targets) }
}

function outOfRange(length: number, factor: number, gain: number): LabError {
  return new LabError(
    'spec-invalid',
    `task.factor is ${factor}: over ${length} steps the answer is ${gain.toExponential(1)} times the impulse.`,
    `Set task.factor nearer to 1, or task.length lower: ${faintest} to ${loudest} times can be learned.`,
    { field: 'task.factor', value: factor, length },
  )
}
