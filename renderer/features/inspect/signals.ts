import type { Trace } from '../../../shared/model.ts'

/** [T, H] of one example: `at(t, unit)`. */
export interface Signal {
  readonly steps: number
  readonly units: number
  readonly at: (t: number, unit: number) => number
}

/** The top layer's signal of a trace by its last name (`hidden`, `gates.forget`); undefined where the cell has none. */
export function signalOf(trace: Trace, layers: number, name: string): Signal | undefined {
  const array = trace[`layers.${layers - 1}.${name}`]
  const [, steps = 0, units = 0] = array?.shape ?? []
  if (array?.shape.length !== 3) return undefined
  return { steps, units, at: (t, unit) => array.data[t * units + unit] ?? Number.NaN }
}

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

/** Units shown at most; above that, the ones with the largest gradient. */
export const unitsShown = 20
const unitsPicked = 12

/** Units to draw, in their own order: all of them, or those whose gradient over time is largest. */
export function unitsByGradient(gradient: Signal): number[] {
  const all = Array.from({ length: gradient.units }, (_, unit) => unit)
  if (gradient.units <= unitsShown) return all
  const size = all.map((unit) => {
    let sum = 0
    for (let t = 0; t < gradient.steps; t += 1) sum += gradient.at(t, unit) ** 2
    return Number.isFinite(sum) ? sum : Infinity
  })
  return all
    .sort((a, b) => (size[b] as number) - (size[a] as number) || a - b)
    .slice(0, unitsPicked)
    .sort((a, b) => a - b)
}

export function largestOf(signal: Signal): number {
  let largest = 0
  for (let t = 0; t < signal.steps; t += 1) {
    for (let unit = 0; unit < signal.units; unit += 1) {
      const size = Math.abs(signal.at(t, unit))
      if (size > largest && size < Infinity) largest = size
    }
  }
  return largest
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
