import type { Trace } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'

/** Largest `relative` at which an array agrees with its golden: 1e-4, per array and per time step. */
export const tolerance = 1e-4

/**
 * Below this a time step counts as zero, and differences in it are taken relative to this floor. It
 * lies far above float32's smallest normal number (1.2e-38), where an engine may round to zero or
 * keep few bits, and below every step of the goldens that is not 0 (check_reference.py sees to that).
 * A step that is exactly 0, as in padding, must so be 0 to within 1e-34.
 */
const floor = 1e-30

export interface Difference {
  readonly array: string
  /** The time step that differs most, 0-based; absent for arrays without a time axis. */
  readonly step?: number
  /**
   * Largest difference in that step, divided by the largest expected value in it. Infinity where the
   * array is missing, unexpected or of another shape, or where NaN or an infinity meets something else.
   */
  readonly relative: number
}

/** One row for every array of either trace: how far, and at which time step, it is from `expected`. */
export function compareTraces(found: Trace, expected: Trace): Difference[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)])
  return [...names].map((array) => {
    const [ours, golden] = [found[array], expected[array]]
    if (!ours || !golden || ours.shape.join() !== golden.shape.join()) return { array, relative: Infinity }
    return { array, ...worst(ours, golden, timeAxis(array, golden.shape)) }
  })
}

/** The rows that do not agree, in words; empty when the traces agree. */
export function disagreements(found: Trace, expected: Trace): string[] {
  return compareTraces(found, expected)
    .filter(({ relative }) => !(relative <= tolerance))
    .map(({ array, step, relative }) => {
      const at = step === undefined ? '' : ` at step ${step}`
      if (!found[array]) return `${array} is missing`
      if (!expected[array]) return `${array} is not in the golden`
      if (found[array].shape.join() !== expected[array].shape.join()) {
        return `${array} has shape [${found[array].shape}], expected [${expected[array].shape}]`
      }
      return `${array}${at} differs by ${relative.toExponential(1)}`
    })
}

/** Where an array of the trace file has its time axis, if it has one. */
function timeAxis(name: string, shape: readonly number[]): number | undefined {
  if (name.includes('.flow.')) return 0
  if (name === 'sensitivity' || name === 'grad.inputs') return 1
  if (name === 'output') return shape.length === 3 ? 1 : undefined
  return name.startsWith('layers.') && shape.length >= 2 ? 1 : undefined
}

function worst(found: Floats, expected: Floats, axis: number | undefined): { step?: number; relative: number } {
  const steps = axis === undefined ? 1 : (expected.shape[axis] ?? 1)
  const inner = axis === undefined ? 1 : expected.shape.slice(axis + 1).reduce((size, length) => size * length, 1)
  const difference = new Float64Array(steps)
  const scale = new Float64Array(steps).fill(floor)
  for (const [index, golden] of expected.data.entries()) {
    const step = Math.floor(index / inner) % steps
    const ours = found.data[index] ?? Number.NaN
    if (!Number.isFinite(golden)) {
      if (!Object.is(ours, golden)) difference[step] = Infinity
    } else {
      // Not the plain difference: a NaN of ours is never "larger" and would go unseen.
      const apart = Number.isFinite(ours) ? Math.abs(ours - golden) : Infinity
      difference[step] = Math.max(difference[step] ?? 0, apart)
      scale[step] = Math.max(scale[step] ?? 0, Math.abs(golden))
    }
  }
  const relative = difference.map((apart, step) => apart / (scale[step] ?? floor))
  const largest = relative.reduce((best, value, step) => (value > (relative[best] ?? 0) ? step : best), 0)
  return { ...(axis !== undefined && { step: largest }), relative: relative[largest] ?? 0 }
}
