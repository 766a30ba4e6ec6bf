/**
 * Quantities computed from arrays, in float64: plain functions without a tensor library. Definitions
 * in the README's table "What the numbers mean".
 */

/** The share of its last value under which flow counts as gone. */
export const horizonThreshold = 0.01

/**
 * flow(t) = sqrt(mean_b sum_j (d e_b / d s_t[b,j])^2) from gradients of mean_b e_b, [B, T, H]. With
 * lengths it is taken by steps back: entry T-1-k is k steps before each example's own last step, over
 * the examples that long; 0 where there is none.
 */
export function flow(
  gradient: Float32Array,
  batch: number,
  time: number,
  units: number,
  lengths?: readonly number[],
): Float32Array {
  const sums = new Float64Array(time)
  const counts = new Float64Array(time)
  for (let b = 0; b < batch; b++) {
    const length = lengths?.[b] ?? time
    for (let t = 0; t < length; t++) {
      let sum = 0
      const start = (b * time + t) * units
      for (let j = start; j < start + units; j++) {
        const own = (gradient[j] as number) * batch // the mean's 1/B taken back: d e_b itself
        sum += own * own
      }
      const entry = t + time - length
      sums[entry] = (sums[entry] as number) + sum
      counts[entry] = (counts[entry] as number) + 1
    }
  }
  return Float32Array.from(sums, (sum, t) => (counts[t] ? Math.sqrt(sum / (counts[t] as number)) : 0))
}

/**
 * Steps back from the last until flow first drops below `threshold` of its last value; T when it
 * never does; NaN when the last value is 0 or not finite.
 */
export function memoryHorizon(flowByStep: ArrayLike<number>, threshold = horizonThreshold): number {
  const time = flowByStep.length
  const last = flowByStep[time - 1] ?? Number.NaN
  if (last === 0 || !Number.isFinite(last)) return Number.NaN
  for (let back = 1; back < time; back++) {
    if ((flowByStep[time - 1 - back] as number) < threshold * last) return back
  }
  return time
}
