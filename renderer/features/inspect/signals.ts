import type { Trace } from '../../../shared/model.ts'
import type { Matrix } from '../../viz/aggregate.ts'

/** [T, H] of one example; `at(t, unit)` reads one value. */
export interface Signal extends Matrix {
  readonly at: (t: number, unit: number) => number
}

/** The top layer's signal of a trace by its last name (`hidden`, `gates.forget`); undefined where the cell has none. */
export function signalOf(trace: Trace, layers: number, name: string): Signal | undefined {
  const array = trace[`layers.${layers - 1}.${name}`]
  const [, steps = 0, units = 0] = array?.shape ?? []
  if (array?.shape.length !== 3) return undefined
  return signal(steps, units, array.data)
}

export const signal = (steps: number, units: number, data: Float32Array): Signal => ({
  steps,
  units,
  data,
  at: (t, unit) => data[t * units + unit] ?? Number.NaN,
})

/** Names of the top layer's gates, in the trace's order. */
export function gatesOf(trace: Trace, layers: number): string[] {
  const prefix = `layers.${layers - 1}.gates.`
  return Object.keys(trace).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []))
}

/** L2 norm over units at every time step, accumulated in float64. */
export function normsOf(signal: Signal): Float32Array {
  return Float32Array.from({ length: signal.steps }, (_, t) => {
    let sum = 0
    for (let unit = 0; unit < signal.units; unit += 1) sum += signal.at(t, unit) ** 2
    return Math.sqrt(sum)
  })
}

/**
 * What of the last step's gradient would arrive through the gates that carry the state alone: the norm
 * over units of dL/dc_T times the product of f from t+1 to T (of dL/dh_T and z in a GRU).
 */
export function gateProductNorms(gate: Signal, gradient: Signal): Float32Array {
  const last = gate.steps - 1
  const kept = Float64Array.from({ length: gate.units }, (_, unit) => gradient.at(last, unit))
  const norms = new Float32Array(gate.steps)
  for (let t = last; t >= 0; t -= 1) {
    norms[t] = Math.sqrt(kept.reduce((sum, value) => sum + value * value, 0))
    for (let unit = 0; unit < kept.length; unit += 1) kept[unit] = (kept[unit] as number) * gate.at(t, unit)
  }
  return norms
}

/** As a share of the last step's value; unchanged where that is 0 or not finite. */
export function relative(norms: Float32Array): Float32Array {
  const last = norms[norms.length - 1] ?? Number.NaN
  return last > 0 && Number.isFinite(last) ? norms.map((value) => value / last) : norms
}

/** The least and the largest finite value; NaN where there is none. */
export function extremesOf({ data }: Matrix): { readonly min: number; readonly max: number } {
  let [min, max] = [Infinity, -Infinity]
  for (let k = 0; k < data.length; k += 1) {
    const value = data[k] as number
    if (value < min && value > -Infinity) min = value
    if (value > max && value < Infinity) max = value
  }
  return max >= min ? { min, max } : { min: Number.NaN, max: Number.NaN }
}

/** Share of values beyond 0.9 in size: tanh is flat there. */
export function saturatedShare(signal: Signal): number {
  let count = 0
  for (let t = 0; t < signal.steps; t += 1) {
    for (let unit = 0; unit < signal.units; unit += 1) if (Math.abs(signal.at(t, unit)) > 0.9) count += 1
  }
  return count / (signal.steps * signal.units)
}

/** Shares of a gate closed (below 0.1), between, and open (above 0.9), over units and steps. */
export function gateShares(signal: Signal): readonly [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0]
  for (let t = 0; t < signal.steps; t += 1) {
    for (let unit = 0; unit < signal.units; unit += 1) {
      const value = signal.at(t, unit)
      counts[value < 0.1 ? 0 : value > 0.9 ? 2 : 1] += 1
    }
  }
  const total = signal.steps * signal.units
  return counts.map((count) => count / total) as [number, number, number]
}
