import { cssColour, inkOn, type Palette } from './colour.ts'
import { type Columns, edgeOf } from './columns.ts'
import { compact, fixed } from './numbers.ts'
import { gradientColour, type LogScale } from './scale.ts'
import { type Context, dots, hatch, text } from './surface.ts'

export interface RowLayout {
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly total: number
}

/** Heights of `rows` unit rows; the picked one is wide enough to print its value. */
export function rowLayout(rows: number, row: number, picked: number): RowLayout {
  const heights = Array.from({ length: rows }, (_, j) => (j === picked ? Math.max(13, row + 7) : row))
  const tops: number[] = []
  let total = 0
  for (const height of heights) {
    tops.push(total)
    total += height
  }
  return { tops, heights, total }
}

/** Units x time, one colour a cell. `value(t, row)`; the cursor's cell in the picked row prints its number. */
export function drawUnits(
  g: Context,
  columns: Columns,
  layout: RowLayout,
  value: (t: number, row: number) => number,
  colour: (value: number) => number,
  palette: Palette,
  cursor: number,
  picked: number,
): void {
  const gap = columns.pixels >= 6 ? 1 : 0
  for (let row = 0; row < layout.heights.length; row += 1) {
    const wide = row === picked ? 1 : 0
    const y = (layout.tops[row] as number) + wide
    const h = (layout.heights[row] as number) - 2 * wide
    for (let t = 0; t < columns.steps; t += columns.per) {
      const v = value(t, row)
      const x = edgeOf(columns, t)
      const word = colour(v)
      g.fillStyle = cssColour(word)
      g.fillRect(x, y, columns.pixels - gap, h)
      if (!Number.isFinite(v)) hatch(g, x, y, columns.pixels - gap, h, palette.nanInk, 4)
      else if (wide && t === cursor && columns.pixels >= 24) {
        const at = [x + (columns.pixels - gap) / 2, y + h / 2 + 0.5] as const
        text(g, palette, fixed(v, 2), at, {
          colour: inkOn(word),
          size: 10,
          weight: 500,
          align: 'center',
          baseline: 'middle',
        })
      }
    }
  }
}

/**
 * One band of gradient norms over time; numbers in the cells where they fit. `ragged`: NaN is a step that no
 * example has, and its place is dotted.
 */
export function drawBand(
  g: Context,
  columns: Columns,
  height: number,
  values: Float32Array,
  scale: LogScale,
  palette: Palette,
  ragged = false,
): void {
  const gap = columns.pixels >= 6 ? 1 : 0
  for (let t = 0; t < columns.steps; t += columns.per) {
    const value = values[t] as number
    const x = edgeOf(columns, t)
    if (ragged && Number.isNaN(value)) {
      dots(g, x, 0, columns.pixels, height - 1, palette.line2)
      continue
    }
    const word = gradientColour(value, scale, palette)
    g.fillStyle = cssColour(word)
    g.fillRect(x, 0, columns.pixels - gap, height - 1)
    if (!Number.isFinite(value)) hatch(g, x, 0, columns.pixels - gap, height - 1, palette.nanInk, 5)
    else if (columns.pixels >= 34) {
      text(g, palette, compact(value), [x + (columns.pixels - gap) / 2, height / 2], {
        colour: inkOn(word),
        size: 10,
        weight: 500,
        align: 'center',
        baseline: 'middle',
      })
    }
  }
}
