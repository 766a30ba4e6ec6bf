import { type Matrix, spreadsOf } from './aggregate.ts'
import { cssColour, type Palette } from './colour.ts'
import { type Columns, stepsIn } from './columns.ts'
import { type Context, hatch, polyline } from './surface.ts'

/** Many units in one row: at every column the mean as a line, from the least to the largest as its ground. */
export function drawEnvelope(
  g: Context,
  columns: Columns,
  height: number,
  matrix: Matrix,
  units: readonly number[],
  /** 0 at the bottom of the row, 1 at its top. */
  place: (value: number) => number,
  palette: Palette,
): void {
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  const y = (value: number) => (1 - Math.min(1, Math.max(0, place(value)))) * (height - 2) + 1
  const spreadIn = spreadsOf(matrix, units)
  const spreads = Array.from({ length: columns.count }, (_, column) => spreadIn(...stepsIn(columns, column)))
  spreads.forEach(({ mean }, column) => {
    if (Number.isFinite(mean)) return
    g.fillStyle = cssColour(palette.nan)
    g.fillRect(column * columns.pixels, 0, columns.pixels, height)
    hatch(g, column * columns.pixels, 0, columns.pixels, height, palette.nanInk, 5)
  })
  g.fillStyle = palette.line2
  g.beginPath()
  spreads.forEach(({ mean, min, max }, column) => {
    if (!Number.isFinite(mean)) return
    g.rect(column * columns.pixels, y(max), columns.pixels, Math.max(1, y(min) - y(max)))
  })
  g.fill()
  const line = spreads.map(
    ({ mean }, column) => [(column + 0.5) * columns.pixels, Number.isFinite(mean) ? y(mean) : Number.NaN] as const,
  )
  polyline(g, line, { colour: palette.ink, width: 1 })
}
