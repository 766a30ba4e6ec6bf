import type { Batch } from '../../../shared/model.ts'
import { type Random, randomStream } from '../random.ts'
import type { TaskInstance } from './task.ts'

/** Held-out examples of a split of a task that draws its own data. */
export const heldOutExamples = 256

/** Batches that `draw` makes, each split and each step from a random stream of its own. */
export function generated(
  id: string,
  seed: number,
  draw: (random: Random, size: number) => Batch,
): Pick<TaskInstance, 'trainBatch' | 'heldOut'> {
  return {
    trainBatch: (step, size) => draw(randomStream(seed, `${id} train`, step), size),
    heldOut: (split, limit) => draw(randomStream(seed, `${id} ${split}`), Math.min(limit, heldOutExamples)),
  }
}

/** Uniform integer in `from` .. `to`, both included. */
export const integerIn = (random: Random, [from, to]: readonly [from: number, to: number]): number =>
  from + random.integer(to - from + 1)
