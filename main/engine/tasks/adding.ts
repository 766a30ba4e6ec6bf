import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { type Random, randomStream } from '../random.ts'
import { inputsOf } from './inputs.ts'
import { forEachSplit, type Task } from './task.ts'

/** Correct: within 0.04 of the mean of the two numbers, so 0.08 of their sum (Hochreiter & Schmidhuber 1997). */
const tolerance = 0.08

/**
 * Adding problem (Hochreiter & Schmidhuber 1997): each step shows a number in 0..1 and a marker; the
 * answer after the last step is the sum of the two marked numbers, one in each half. The first one
 * has to be kept over at least half of the sequence.
 */
export const adding: Task<{ id: 'adding'; length: number }> = {
  id: 'adding',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('adding'),
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(5000)), 50),
  }),

  create({ length }, _source, seed) {
    const draw = (stream: Random, size: number) => examples(stream, size, length)
    const trainBatch = (step: number, size: number) => draw(randomStream(seed, 'adding train', step), size)
    const heldOut = (split: Split, limit: number) => draw(randomStream(seed, `adding ${split}`), Math.min(limit, 256))
    const accuracy = (output: Floats, { targets }: Batch) => {
      const right = output.data.reduce(
        (count, answer, k) => count + (Math.abs(answer - (targets.data[k] as number)) <= tolerance ? 1 : 0),
        0,
      )
      return right / output.data.length
    }
    // Always answering 1, the mean: the sum of two uniform numbers has variance 1/6, and it is within
    // d of its mean with probability 2d - d^2.
    const guessing = { id: 'mean', loss: 1 / 6, metric: 2 * tolerance - tolerance ** 2 }
    return {
      facts: {
        length,
        inputs: { kind: 'values', names: ['value', 'marker'] },
        outputs: 'value',
        metric: { id: 'accuracy-within', better: 'higher' },
        loss: 'mse',
        baselines: forEachSplit(() => [guessing]),
        heldOut: 256,
      },
      interface: { inputSize: 2, outputSize: 1, head: 'last', loss: 'mse' },
      trainBatch,
      heldOut,
      metric: accuracy,
      tags: (split, limit) => ({ distance: distances(heldOut(split, limit)) }),
      trainTags: (size) => ({ distance: distances(trainBatch(1, size)) }),
      counterpart: otherFirst,
      present: {
        inputs: inputsOf,
        targets: (targets) => targets as Floats,
        outputs: (output) => output,
      },
    }
  },
}

/** Where the first marker of example `b` stands. */
function firstMarked({ shape, data }: Batch['inputs'], b: number): number {
  const time = shape[1] as number
  let t = 0
  while (data[(b * time + t) * 2 + 1] !== 1) t++
  return t
}

/** Steps from the first marked number, which has to be kept longest, to the step that is answered, [N]. */
function distances({ inputs }: Batch): Int32Array {
  const [count, time] = inputs.shape as [number, number]
  return Int32Array.from({ length: count }, (_, b) => time - 1 - firstMarked(inputs, b))
}

/** With x in the first marked place become 1 - x: as likely a number, and another sum unless x is 1/2. */
function otherFirst({ inputs, targets }: Batch): Batch {
  const at = 2 * firstMarked(inputs, 0)
  const x = inputs.data[at] as number
  const values = Float32Array.from(inputs.data)
  values[at] = 1 - x
  return {
    inputs: ndarray(inputs.shape, values),
    targets: ndarray(targets.shape, Float32Array.of((targets.data[0] as number) + 1 - 2 * x)),
  }
}

function examples(random: Random, count: number, length: number): Batch {
  const inputs = new Float32Array(count * length * 2)
  const targets = new Float32Array(count)
  const half = Math.floor(length / 2)
  for (let b = 0; b < count; b++) {
    const marked = [random.integer(half), half + random.integer(length - half)]
    for (let t = 0; t < length; t++) {
      const value = random.uniform()
      inputs[(b * length + t) * 2] = value
      if (!marked.includes(t)) continue
      inputs[(b * length + t) * 2 + 1] = 1
      targets[b] = (targets[b] as number) + value
    }
  }
  return { inputs: ndarray([count, length, 2], inputs), targets: ndarray([count, 1], targets) }
}
