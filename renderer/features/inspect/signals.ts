import type { Trace } from '../../../shared/model.ts'
import { largestOf, type Matrix } from '../../viz/aggregate.ts'

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

/** What is found of all of a signal's numbers, once: several rows of the page ask for the same. */
export function once<Of extends Matrix, Found>(find: (of: Of) => Found): (of: Of) => Found {
  const known = new WeakMap<Float32Array, { readonly found: Found }>()
  return (of) => {
    const entry = known.get(of.data) ?? { found: find(of) }
    known.set(of.data, entry)
    return entry.found
  }
}

/** Something of every time step's values over units. */
export function perStep({ steps, units, data }: Matrix, of: (sum: number, value: number) => number): Float64Array {
  const sums = new Float64Array(steps)
  for (let t = 0, k = 0; t < steps; t += 1) {
    let sum = 0
    for (const end = k + units; k < end; k += 1) sum = of(sum, data[k] as number)
    sums[t] = sum
  }
  return sums
}

/**
 * A sum over time of each unit's values. In the order of memory: of 512 units over 5,000 steps, unit by unit takes
 * half a second.
 */
export function perUnit({ units, data }: Matrix, term: (value: number, unit: number) => number): Float64Array {
  const sums = new Float64Array(units)
  for (let from = 0; from < data.length; from += units) {
    for (let unit = 0; unit < units; unit += 1) {
      sums[unit] = (sums[unit] as number) + term(data[from + unit] as number, unit)
    }
  }
  return sums
}

/** L2 norm over units at every time step, accumulated in float64. */
export const normsOf = once((signal: Matrix) =>
  Float32Array.from(
    perStep(signal, (sum, value) => sum + value * value),
    Math.sqrt,
  ),
)

/** The largest size of a finite value. */
export const largestIn = once(({ data }: Matrix) => largestOf(data))

/**
 * What of the last step's gradient would arrive through the gates that carry the state alone: the norm
 * over units of dL/dc_T times the product of f from t+1 to T (of dL/dh_T and z in a GRU).
 */
export const gateProductNorms = (gate: Signal, gradient: Signal): Float32Array => productNorms(gradient)(gate)

const productNorms = once((gradient: Signal) => once((gate: Signal) => productNormsOf(gate, gradient)))

function productNormsOf(gate: Signal, gradient: Signal): Float32Array {
  const last = gate.steps - 1
  const kept = Float64Array.from({ length: gate.units }, (_, unit) => gradient.at(last, unit))
  const norms = new Float32Array(gate.steps)
  for (let t = last; t >= 0; t -= 1) {
    norms[t] = Math.sqrt(kept.reduce((sum, value) => sum + value * value, 0))
    for (let unit = 0; unit < kept.length; unit += 1) kept[unit] = (kept[unit] as number) * gate.at(t, unit)
  }
  return norms
}

/** As a share of the last step's value; of 0, and of what is not finite, there is no share: NaN, but 0 stays 0. */
export function relative(norms: Float32Array): Float32Array {
  const last = norms[norms.length - 1] ?? Number.NaN
  const hasShares = last > 0 && Number.isFinite(last)
  return norms.map((value) => (hasShares ? value / last : value === 0 ? 0 : Number.NaN))
}

/** The least and the largest finite value; NaN where there is none. */
export const extremesOf = once(({ data }: Matrix): { readonly min: number; readonly max: number } => {
  let [min, max] = [Infinity, -Infinity]
  for (let k = 0; k < data.length; k += 1) {
    const value = data[k] as number
    if (value < min && value > -Infinity) min = value
    if (value > max && value < Infinity) max = value
  }
  return max >= min ? { min, max } : { min: Number.NaN, max: Number.NaN }
})

/** Share of values beyond 0.9 in size: tanh is flat there. */
export const saturatedShare = once(({ data }: Matrix): number => {
  let count = 0
  for (const value of data) if (Math.abs(value) > 0.9) count += 1
  return count / data.length
})

/** Shares of a gate closed (below 0.1), between, and open (above 0.9), over units and steps. */
export const gateShares = once(({ data }: Matrix): readonly [number, number, number] => {
  let [closed, open] = [0, 0]
  for (const value of data) {
    if (value < 0.1) closed += 1
    else if (value > 0.9) open += 1
  }
  return [closed / data.length, (data.length - closed - open) / data.length, open / data.length]
})
