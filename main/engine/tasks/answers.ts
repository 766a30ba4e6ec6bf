import type { Floats } from '../../../shared/ndarray.ts'

/** The class with the largest logit, for each row of [N, K] (or [N, T, K], row by row). */
export function likeliest({ shape, data }: Floats): number[] {
  const classes = shape.at(-1) as number
  return Array.from({ length: data.length / classes }, (_, row) => {
    let best = 0
    for (let k = 1; k < classes; k++) {
      if ((data[row * classes + k] as number) > (data[row * classes + best] as number)) best = k
    }
    return best
  })
}
