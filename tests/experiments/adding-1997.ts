import { type Random, randomStream } from '../../main/engine/random.ts'
import { integerIn } from '../../main/engine/tasks/generated.ts'
import type { TaskInstance } from '../../main/engine/tasks/task.ts'
import type { Batch } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import type { AdaptTask } from './training.ts'

/** Right below this error of the scaled answer: 0.08 of the sum of two numbers in 0..1. */
const tolerance = 0.04

/**
 * The adding problem as it was first published (Hochreiter & Schmidhuber 1997, experiment 4). The lab's
 * own form is the later one (Le et al. 2015, Arjovsky et al. 2016): a fixed length, numbers in 0..1, one
 * mark in each half. Here instead: `shortest` to 1.1 times as many steps; numbers in -1..1; one mark among
 * the first ten, another among the first half, so both are far from the end; the first and the last step
 * carry the marker -1, and where the first one is drawn its number counts 0; the answer is
 * 0.5 + (X1 + X2) / 4.
 */
export const addingOf1997 =
  (shortest: number): AdaptTask =>
  (lab, seed): TaskInstance => {
    const lengths = [shortest, Math.floor(shortest * 1.1)] as const
    return {
      ...lab,
      facts: { ...lab.facts, length: lengths[1] },
      trainBatch: (step, size) => examples(randomStream(seed, 'adding 1997', step), size, lengths),
      metric: ({ data }, { targets }) => {
        const right = data.filter((answer, k) => Math.abs(answer - (targets.data[k] as number)) < tolerance)
        return right.length / data.length
      },
    }
  }

function examples(random: Random, size: number, lengths: readonly [from: number, to: number]): Batch {
  const [shortest, time] = lengths
  const inputs = new Float32Array(size * time * 2)
  const real = new Int32Array(size)
  const targets = new Float32Array(size)
  for (let b = 0; b < size; b++) {
    const length = integerIn(random, lengths)
    real[b] = length
    const sequence = inputs.subarray(b * time * 2, (b * time + length) * 2)
    for (let t = 0; t < length; t++) sequence[2 * t] = 2 * random.uniform() - 1
    const first = random.integer(10)
    // One of the first T/2 - 1 that is not marked yet: those from the first mark on move up by one.
    const other = random.integer(Math.floor(shortest / 2) - 1)
    const second = other < first ? other : other + 1
    let sum = 0
    for (const t of [first, second]) {
      sequence[2 * t + 1] = 1
      if (t > 0) sum += sequence[2 * t] as number
    }
    sequence[1] = -1
    sequence[2 * length - 1] = -1
    targets[b] = 0.5 + sum / 4
  }
  return {
    inputs: ndarray([size, time, 2], inputs),
    lengths: ndarray([size], real),
    targets: ndarray([size, 1], targets),
  }
}
