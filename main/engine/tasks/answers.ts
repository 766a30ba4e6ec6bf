import type { Floats } from '../../../shared/ndarray.ts'

/** The class with the largest logit, for each row of [N, K] (or [N, T, K], row by row); NaN where one is not a number. */
export function likeliest({ shape, data }: Floats): number[] {
  const classes = shape.at(-1) as number
  return Array.from({ length: data.length / classes }, (_, row) => {
    const logits = data.subarray(row * classes, (row + 1) * classes)
    let best = 0
    for (let k = 0; k < classes; k++) {
      if (Number.isNaN(logits[k])) return Number.NaN
      if ((logits[k] as number) > (logits[best] as number)) best = k
    }
    return best
  })
}
