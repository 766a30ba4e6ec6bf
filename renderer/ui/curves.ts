import { pow10, scientific } from '../viz/numbers.ts'
import { ticks } from '../viz/scale.ts'

export interface CurvePoint {
  readonly x: number
  readonly y: number
}

export interface CurveLine {
  readonly points: CurvePoint[]
  readonly name: string
  readonly cell: string
  readonly open: boolean
  /** Strong lines carry a mark at their end; faint ones are context. */
  readonly strong: boolean
}

/** Everything a curve chart shows; drawing it is a function of this and the palette. */
export interface CurveView {
  readonly lines: readonly CurveLine[]
  /** Training steps of the axis, and how far training went: the rest is hatched. */
  readonly total: number
  readonly done: number
  readonly shown?: number
  readonly log: boolean
  readonly min: number
  readonly max: number
  readonly baseline?: { readonly value: number; readonly label: string }
  readonly write?: (value: number) => string
}

/** Half decades around the values (or a plain range from 0), so that the axis moves rarely. */
export function curveRange(log: boolean, lines: readonly CurveLine[], also: readonly number[]): [number, number] {
  let min = Infinity
  let max = -Infinity
  const see = (value: number) => {
    if (!Number.isFinite(value) || (log && value <= 0)) return
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  for (const line of lines) for (const point of line.points) see(point.y)
  for (const value of also) see(value)
  if (max < min) return log ? [1e-2, 1] : [0, 1]
  if (!log) return [Math.min(0, min), max === 0 ? 1 : max * 1.08]
  const halves = (value: number) => Math.log10(value) * 2
  return [10 ** (Math.floor(halves(min) - 0.1) / 2), 10 ** (Math.ceil(halves(max) + 0.1) / 2)]
}

/** Values of the grid: about `count`, whole decades where the axis is logarithmic. */
export const gridValues = (view: CurveView, count = 3): number[] => {
  if (!view.log) return ticks(view.min, view.max, count - 1)
  const low = Math.ceil(Math.log10(view.min) - 1e-9)
  const high = Math.floor(Math.log10(view.max) + 1e-9)
  const every = Math.max(1, Math.ceil((high - low) / count))
  return Array.from({ length: Math.max(0, Math.floor((high - low) / every) + 1) }, (_, k) => 10 ** (high - k * every))
}

export const written = (view: CurveView, value: number) =>
  view.write?.(value) ?? (view.log ? pow10(Math.round(Math.log10(value))) : scientific(value, 0))
