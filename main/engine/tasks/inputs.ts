import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'

/** What one example of a batch reads, as it stands there: [T, D] values or [T] ids, T being the batch's own. */
export function inputsOf({ inputs: { shape, data } }: Batch, example: number): Floats {
  const own = shape.slice(1)
  const size = sizeOf(own)
  return ndarray(own, Float32Array.from(data.subarray(example * size, (example + 1) * size)))
}
