import { type Floats, ndarray } from '../../../shared/ndarray.ts'

/** How a task is presented that answers yes or no with a single logit, [N, 1] or [N, T, 1]: as the ids 0 and 1. */
export const presentBits = {
  targets: (targets: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }) =>
    ndarray(targets.shape.slice(0, -1), Float32Array.from(targets.data)),
  outputs: ({ shape, data }: Floats) =>
    ndarray(
      shape.slice(0, -1),
      data.map((logit) => (logit > 0 ? 1 : 0)),
    ),
}
