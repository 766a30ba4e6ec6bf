import { type Floats, ndarray } from '../../shared/ndarray.ts'

/**
 * Quantities computed from arrays, in float64: plain functions without a tensor library. Definitions
 * in the README's table "What the numbers mean".
 */

/** The share of its last value under which flow counts as gone, unless it is set otherwise. */
export const horizonThreshold = 0.01

/** Squared L2 norms over the units of an array [T, B, H], in float64; [T, B]. */
export function squaredNorms({ shape, data }: Floats): Float64Array {
  const units = shape[2] as number
  return Float64Array.from({ length: data.length / units }, (_, row) => {
    let sum = 0
    for (let k = row * units; k < (row + 1) * units; k++) sum += (data[k] as number) ** 2
    return sum
  })
}

/**
 * flow(t) = sqrt(mean_b sum_j (d e_b / d s_t[b,j])^2), [T], from the squared norms over j of gradients of
 * mean_b e_b, [T, B]. Where
 * lengths differ it is taken by steps back: entry T-1-k is k steps before each example's own last step,
 * over the examples that long. Where none is, there is no such step: NaN, which is neither a gradient that
 * vanished nor one that was measured.
 */
export function flow(norms: Float64Array, lengths: readonly number[]): Float32Array {
  const batch = lengths.length
  const time = norms.length / batch
  const sums = new Float64Array(time)
  const counts = new Float64Array(time)
  for (const [b, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) {
      const entry = t + time - length
      // the mean's 1/B taken back: d e_b itself
      sums[entry] = (sums[entry] as number) + (norms[t * batch + b] as number) * batch ** 2
      counts[entry] = (counts[entry] as number) + 1
    }
  }
  return Float32Array.from(sums, (sum, t) => Math.sqrt(sum / (counts[t] as number)))
}

/**
 * Steps back from the last until flow first drops below `threshold` of its last value; `steps`, the longest
 * example's length, when it never does. NaN, undefined, when the last value is 0 or not finite, or when the
 * flow is not a number before it drops. `steps` left out: NaN at the front are steps that no example has.
 */
export function memoryHorizon(
  flowByStep: ArrayLike<number>,
  threshold = horizonThreshold,
  steps = realSteps(flowByStep),
): number {
  const time = flowByStep.length
  const last = flowByStep[time - 1] ?? Number.NaN
  if (last === 0 || !Number.isFinite(last)) return Number.NaN
  for (let back = 1; back < steps; back++) {
    const value = flowByStep[time - 1 - back] as number
    if (Number.isNaN(value)) return Number.NaN
    if (value < threshold * last) return back
  }
  return steps
}

/** Entries of a flow row that belong to a step of some example: those from the first number on. */
function realSteps(flowByStep: ArrayLike<number>): number {
  let first = 0
  while (first < flowByStep.length && Number.isNaN(flowByStep[first])) first++
  return flowByStep.length - first
}

/** What counts as saturated: a gate near its ends, a tanh near its, a ReLU that never opens. */
export const saturationLimits = { left: 0.1, right: 0.9, beyond: 0.9 } as const

/** Shares of real (b, t) per unit, [H] each; which of them there are depends on what was squashed how. */
export type Saturation = Readonly<Partial<Record<'left' | 'right' | 'beyond' | 'dead', Float32Array>>>

/** What keeps a value within bounds. */
export type Squash = 'sigmoid' | 'tanh' | 'relu'

/**
 * Per unit, over the real steps of values [T, B, H]: of a `sigmoid` the share `left` below 0.1 and `right`
 * above 0.9 (Karpathy et al. 2015), of a `tanh` the share `beyond` 0.9 in size, of a `relu` whether it is
 * `dead`: 1 where it was 0 throughout.
 */
export function saturation(values: Floats, lengths: readonly number[], by: Squash): Saturation {
  const share = (counts: (value: number) => boolean): Float32Array => {
    const [, batch, units] = values.shape as [number, number, number]
    const counted = new Float64Array(units)
    let steps = 0
    for (const [b, length] of lengths.entries()) {
      steps += length
      for (let t = 0; t < length; t++) {
        const start = (t * batch + b) * units
        for (let j = 0; j < units; j++) {
          if (counts(values.data[start + j] as number)) counted[j] = (counted[j] as number) + 1
        }
      }
    }
    return Float32Array.from(counted, (count) => count / steps)
  }
  const { left, right, beyond } = saturationLimits
  if (by === 'sigmoid') return { left: share((value) => value < left), right: share((value) => value > right) }
  if (by === 'tanh') return { beyond: share((value) => Math.abs(value) > beyond) }
  return { dead: share((value) => value === 0).map((zeros) => (zeros === 1 ? 1 : 0)) }
}

/** L2 norms over the last axis, in float64: [A, B, D] to [A, B]. */
export function normsOverLastAxis({ shape, data }: Floats): Floats {
  const width = shape.at(-1) as number
  const norms = new Float32Array(data.length / width)
  for (let k = 0; k < norms.length; k++) {
    let sum = 0
    for (let d = k * width; d < (k + 1) * width; d++) sum += (data[d] as number) ** 2
    norms[k] = Math.sqrt(sum)
  }
  return ndarray(shape.slice(0, -1), norms)
}
