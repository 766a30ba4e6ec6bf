/** Numbers that sum up how a gradient travels through a run's example. */
export interface Travel {
  /** Largest singular value of d state_t / d state_{t-1}, at steps 1 on: median, largest, and where that is. */
  readonly median: number
  readonly largest: number
  readonly at: number
  /** Finite-time Lyapunov exponent; NaN where the example has one step alone. */
  readonly lyapunov: number
  readonly steps: number
}

/** @param jacobian [T], 0 at step 0 */
export function travelOf(jacobian: Float32Array, lyapunov: number): Travel {
  const factors = [...jacobian.subarray(1)]
  // What is not a number comes last, as the largest: it must not pass for one.
  const size = (factor: number) => (Number.isNaN(factor) ? Infinity : factor)
  const sorted = factors.toSorted((a, b) => (size(a) === size(b) ? 0 : size(a) - size(b)))
  const largest = sorted[sorted.length - 1] ?? Number.NaN
  return {
    median: sorted[sorted.length >> 1] ?? Number.NaN,
    largest,
    at: factors.indexOf(largest) + 1,
    lyapunov,
    steps: jacobian.length,
  }
}

/** Of one example its own number, of a batch the mean over examples; NaN where there is none. */
export const meanOf = (values: Float32Array | undefined): number =>
  values?.length ? values.reduce((sum, value) => sum + value, 0) / values.length : Number.NaN
