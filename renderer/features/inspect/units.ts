import type { Matrix } from '../../viz/aggregate.ts'
import { horizonThreshold } from '../../viz/horizon.ts'
import type { RunSignals } from './run-signals.ts'
import { once, perUnit, type Signal } from './signals.ts'

/** Units drawn at most before the rest is summed up, and how many are then picked. */
export const unitsShown = 20
export const unitsPicked = 12

export const unitOrders = ['number', 'gradient', 'saturation', 'horizon', 'similarity'] as const
export type UnitOrder = (typeof unitOrders)[number]

/** Norm over time of each unit's gradient; what is not a number counts as the largest. */
export const gradientSizes = once((gradient: Matrix) =>
  Array.from(
    perUnit(gradient, (value) => value * value),
    (sum) => (Number.isFinite(sum) ? Math.sqrt(sum) : Infinity),
  ),
)

/** Share of its steps that each unit's value lies below `low` or above `high`. */
const outside = (matrix: Matrix, low: number, high: number): Float64Array =>
  perUnit(matrix, (value) => (value < low || value > high ? 1 : 0)).map((count) => count / matrix.steps)

/** Share of the example that each unit spends where its gates, or its state where it has none, are flat. */
export function saturations({ gates, signal }: Pick<RunSignals, 'gates' | 'signal'>): number[] {
  const ofGates = gates
    .filter((gate) => gate !== 'candidate')
    .flatMap((gate) => signal(`gates.${gate}`) ?? [])
    .map((gate) => outside(gate, 0.1, 0.9))
  const state = signal('hidden')
  const all = ofGates.length || !state ? ofGates : [outside(state, -0.9, 0.9)]
  return Array.from(all[0] ?? [], (_, unit) => all.reduce((sum, shares) => sum + (shares[unit] ?? 0), 0) / all.length)
}

/** The memory horizon of each unit's own gradient, as `memoryHorizon` has it; gone through in the order of memory. */
export function unitHorizons({ units, steps, data }: Matrix): number[] {
  const last = data.subarray((steps - 1) * units).map(Math.abs)
  const floors = Float64Array.from(last, (value) => value * horizonThreshold)
  const found = new Int32Array(units)
  for (let back = 1, from = (steps - 2) * units; from >= 0; back += 1, from -= units) {
    for (let unit = 0; unit < units; unit += 1) {
      if (!found[unit] && Math.abs(data[from + unit] as number) < (floors[unit] as number)) found[unit] = back
    }
  }
  // As many as the unit has: what went back as no number begins no step.
  const all = (unit: number) => {
    let first = 0
    while (first < steps && Number.isNaN(data[first * units + unit])) first += 1
    return steps - first
  }
  return Array.from(last, (value, unit) => (value > 0 && value < Infinity ? found[unit] || all(unit) : Number.NaN))
}

/** Correlation over time of each unit's state with one unit's, -1 to 1; 0 for a unit that never changes. */
export function likeness(state: Signal, to: number): number[] {
  const { steps, units, data } = state
  const means = perUnit(state, (value) => value).map((sum) => sum / steps)
  const [squares, products] = [new Float64Array(units), new Float64Array(units)]
  for (let from = 0; from < data.length; from += units) {
    const own = (data[from + to] as number) - (means[to] as number)
    for (let unit = 0; unit < units; unit += 1) {
      const other = (data[from + unit] as number) - (means[unit] as number)
      squares[unit] = (squares[unit] as number) + other * other
      products[unit] = (products[unit] as number) + own * other
    }
  }
  return Array.from(products, (product, unit) => {
    const norm = Math.sqrt((squares[to] as number) * (squares[unit] as number))
    return norm > 0 ? product / norm : 0
  })
}

/**
 * Units from the top down: in their own order the ones with the largest gradient, else those that come first.
 * `similarity` puts first what behaves like `picked`.
 */
export function orderedUnits(run: RunSignals, order: UnitOrder, picked: number, most: number): number[] {
  const gradient = run.signal('grad.cell') ?? run.signal('grad.hidden')
  const state = run.signal('cell') ?? run.signal('hidden')
  const all = Array.from({ length: run.units }, (_, unit) => unit)
  if (!gradient || !state) return all.slice(0, most)
  const by = (values: readonly number[]) => {
    const size = (unit: number) => values[unit] as number
    return [...all].sort(
      (a, b) => Number(Number.isNaN(size(a))) - Number(Number.isNaN(size(b))) || size(b) - size(a) || a - b,
    )
  }
  const sorted =
    order === 'saturation'
      ? by(saturations(run))
      : order === 'horizon'
        ? by(unitHorizons(gradient))
        : order === 'similarity'
          ? by(likeness(state, picked))
          : by(gradientSizes(gradient))
  const shown = sorted.slice(0, most)
  return order === 'number' ? shown.sort((a, b) => a - b) : shown
}

/** The same rows with one unit among them: where it is not, it stands for the last of them. */
export function withUnit(rows: readonly number[], unit: number, order: UnitOrder): readonly number[] {
  if (rows.includes(unit)) return rows
  const shown = [...rows.slice(0, -1), unit]
  return order === 'number' ? shown.sort((a, b) => a - b) : shown
}

/** The unit of these whose state changes most over the example: the one worth looking at first. */
export function liveliest({ signal }: Pick<RunSignals, 'signal'>, rows: readonly number[]): number {
  const state = signal('cell') ?? signal('hidden')
  if (!state) return 0
  const spread = rows.map((unit) => {
    let [least, largest] = [Infinity, -Infinity]
    for (let t = 0; t < state.steps; t += 1) {
      least = Math.min(least, state.at(t, unit))
      largest = Math.max(largest, state.at(t, unit))
    }
    return largest - least
  })
  return rows[Math.max(0, spread.indexOf(Math.max(...spread)))] ?? 0
}
