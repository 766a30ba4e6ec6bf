import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { likeliest } from './answers.ts'
import { inputsOf } from './inputs.ts'
import type { Present } from './task.ts'

/** How a task is presented that reads ids [B, T] and answers ids, [B] or [B, T]: as these ids. */
export const presentIds: Present = {
  inputs: inputsOf,
  targets: (targets) => ndarray(targets.shape, Float32Array.from(targets.data)),
  outputs: (output) => ndarray(output.shape.slice(0, -1), Float32Array.from(likeliest(output))),
}

/** Share of examples whose class has the largest logit: output [N, K], targets [N]. */
export function shareRight(output: Floats, { targets }: Pick<Batch, 'targets'>): number {
  const answers = likeliest(output)
  return answers.reduce((count, id, k) => count + (id === targets.data[k] ? 1 : 0), 0) / answers.length
}
