import type { Palette } from './colour.ts'
import { type Columns, columnOf, stepsIn } from './columns.ts'
import { dashOf } from './faces.ts'
import { type Context, cellMark, polyline, rule } from './surface.ts'
import { columnValue } from './waterfall.ts'

/** Whole decades from 1 to the factor farthest from it, of steps 1 on; at least one. */
export function decadesAround(factors: Float32Array): number {
  let farthest = 1
  for (const factor of factors.subarray(1)) {
    if (factor > 0 && factor < Infinity) farthest = Math.max(farthest, Math.abs(Math.log10(factor)))
  }
  return Math.ceil(farthest)
}

/** Factors over time on a log axis with 1 in the middle: dotted, where nothing grows or shrinks. A column's largest. */
export function drawFactors(
  g: Context,
  columns: Columns,
  height: number,
  values: Float32Array,
  /** Decades from the middle to the edge. */
  decades: number,
  cell: string,
  cursor: number,
  palette: Palette,
): void {
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  const y = (value: number) => {
    const place = 0.5 - Math.log10(Math.max(value, 1e-45)) / decades / 2
    return Number.isFinite(value) ? Math.min(height - 2, Math.max(2, place * height)) : Number.NaN
  }
  rule(g, [0, height / 2 + 0.5], [columns.width, height / 2 + 0.5], { colour: palette.ink3, dash: [2, 3] })
  const points = Array.from({ length: columns.count }, (_, column) => {
    const [from, to] = stepsIn(columns, column)
    // The first step has no step before it.
    const value = from === 0 && to === 1 ? Number.NaN : columnValue(values, Math.max(1, from), to)
    return [(column + 0.5) * columns.pixels - 0.5, y(value)] as const
  })
  const colour = palette.cell(cell)
  polyline(g, points, { colour, width: 1.75, dash: dashOf(cell, false) })
  const at = points[columnOf(columns, cursor)]
  if (at && !Number.isNaN(at[1])) cellMark(g, cell, at, 3.5, colour)
}
