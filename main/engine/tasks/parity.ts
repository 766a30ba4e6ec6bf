import * as v from 'valibot'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Random } from '../random.ts'
import { chance } from './baselines.ts'
import { presentBits } from './bits.ts'
import { generated, heldOutExamples, integerIn } from './generated.ts'
import { inputsOf } from './inputs.ts'
import { forEachSplit, type Task } from './task.ts'

interface Parity {
  readonly id: 'parity'
  readonly length: number
  readonly lengths: 'fixed' | 'ragged'
  readonly answer: 'last' | 'every-step'
}

/**
 * Parity (Minsky & Papert 1969; for recurrent networks Bengio, Simard & Frasconi 1994): is the number of
 * ones odd? Every bit matters, however long ago it was. `length` is the largest; ragged lengths are uniform
 * in 1 .. length, so that the short ones teach what the long ones need. Answered at every step, for the ones
 * so far, each step says what to keep.
 */
export const parity: Task<Parity> = {
  id: 'parity',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('parity'),
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000)), 12),
    lengths: v.optional(v.picklist(['fixed', 'ragged']), 'ragged'),
    answer: v.optional(v.picklist(['last', 'every-step']), 'last'),
  }),

  create({ length, lengths, answer }, _source, seed) {
    const range = [lengths === 'ragged' ? 1 : length, length] as const
    const { trainBatch, heldOut } = generated('parity', seed, (random, size) => {
      const { bits, odd, real } = sequences(random, size, range)
      return {
        inputs: ndarray([size, length, 1], bits),
        ...(lengths === 'ragged' && { lengths: ndarray([size], real) }),
        targets:
          answer === 'every-step'
            ? ndarray([size, length, 1], odd)
            : ndarray(
                [size, 1],
                Float32Array.from(real, (steps, b) => odd[b * length + steps - 1] as number),
              ),
      }
    })
    return {
      facts: {
        length,
        inputs: { kind: 'values', names: ['bit'] },
        outputs: answer === 'every-step' ? 'class-series' : 'class',
        classes: ['even', 'odd'],
        metric: { id: 'accuracy', better: 'higher' },
        loss: 'bce',
        baselines: forEachSplit(() => [chance(2)]),
        heldOut: heldOutExamples,
      },
      interface: { inputSize: 1, outputSize: 1, head: answer, loss: 'bce' },
      trainBatch,
      heldOut,
      metric: accuracy,
      tags: (split, limit) => ({ length: realSteps(heldOut(split, limit)) }),
      trainTags: (size) => ({ length: realSteps(trainBatch(1, size)) }),
      present: {
        ...presentBits,
        inputs: inputsOf,
      },
    }
  },
}

/** Random bits [B, T], whether the ones so far are odd in number [B, T], and real steps [B]; 0 in the padding. */
function sequences(random: Random, size: number, range: readonly [from: number, to: number]) {
  const time = range[1]
  const bits = new Float32Array(size * time)
  const odd = new Float32Array(size * time)
  const real = new Int32Array(size)
  for (let b = 0; b < size; b++) {
    const length = integerIn(random, range)
    real[b] = length
    let state = 0
    for (let at = b * time; at < b * time + length; at++) {
      const bit = random.integer(2)
      state ^= bit
      bits[at] = bit
      odd[at] = state
    }
  }
  return { bits, odd, real }
}

/**
 * Share of right answers. At every step: of each example's own real steps, then the mean over examples,
 * weighted as the loss is.
 */
function accuracy(output: Floats, batch: Batch): number {
  const [size] = output.shape as [number]
  const steps = output.data.length / size
  const real = steps === 1 ? new Int32Array(size).fill(1) : realSteps(batch)
  const isRight = (at: number) => (output.data[at] as number) > 0 === (batch.targets.data[at] === 1)
  let sum = 0
  for (const [b, length] of real.entries()) {
    let right = 0
    for (let t = 0; t < length; t++) if (isRight(b * steps + t)) right++
    sum += right / length
  }
  return sum / size
}

function realSteps({ inputs, lengths }: Batch): Int32Array {
  const [size, time] = inputs.shape as [number, number]
  return lengths?.data ?? new Int32Array(size).fill(time)
}
