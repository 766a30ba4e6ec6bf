import { spreadOver } from './aggregate.ts'
import { cssColour, type Palette } from './colour.ts'
import { type Columns, columnOf, stepsIn } from './columns.ts'
import { dashOf } from './faces.ts'
import type { Range } from './scatter.ts'
import { type Context, cellMark, hatch, type Point, polyline, rule } from './surface.ts'

export interface AnswerPicture {
  readonly values: Float32Array
  /** With a change: dashed and grey. */
  readonly changed?: Float32Array | undefined
  /** Dotted. */
  readonly reference: Float32Array
  readonly range: Range
  readonly cell: string
  readonly open: boolean
  readonly cursor: number
}

const margin = 5
/** Columns of this many pixels and more get a mark each. */
const marksFrom = 10

/** An answer over time as a line; where several steps share a column, their mean on what they span. */
export function drawAnswer(g: Context, columns: Columns, height: number, picture: AnswerPicture, palette: Palette) {
  const { values, changed, reference, range, cell, open, cursor } = picture
  const y = (value: number) => margin + (1 - (value - range.min) / (range.max - range.min)) * (height - 2 * margin)
  const x = (column: number) => (column + 0.5) * columns.pixels - 0.5
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  if (columns.pixels >= marksFrom) {
    for (let column = 1; column < columns.count; column += 1) {
      const at = column * columns.pixels - 0.5
      rule(g, [at, 0], [at, height], { colour: palette.bg })
    }
  }
  /** The line's points, on the ground of what each column spans. */
  const trace = (line: Float32Array, ground: string): Point[] =>
    Array.from({ length: columns.count }, (_, column) => {
      const [from, to] = stepsIn(columns, column)
      if (from >= line.length) return [x(column), Number.NaN]
      const { mean, min, max } = spreadOver(
        { steps: line.length, units: 1, data: line },
        [0],
        from,
        Math.min(to, line.length),
      )
      const left = column * columns.pixels
      if (!Number.isFinite(mean)) {
        g.fillStyle = cssColour(palette.nan)
        g.fillRect(left, 0, columns.pixels, height)
        hatch(g, left, 0, columns.pixels, height, palette.nanInk, 5)
        return [x(column), Number.NaN]
      }
      if (columns.per > 1) {
        g.fillStyle = ground
        g.fillRect(left, y(max), columns.pixels, Math.max(1, y(min) - y(max)))
      }
      return [x(column), y(mean)]
    })
  const colour = palette.cell(cell)
  drawReference(g, columns, reference, x, y, palette)
  if (changed) {
    const points = trace(changed, palette.line)
    polyline(g, points, { colour: palette.ink3, dash: [4, 3] })
    if (columns.pixels >= marksFrom) for (const point of points) ring(g, point, palette)
  }
  const points = trace(values, palette.line2)
  polyline(g, points, { colour, width: 1.75, dash: dashOf(cell, open) })
  points.forEach((point, column) => {
    const isHere = column === columnOf(columns, cursor)
    if (Number.isNaN(point[1]) || !(isHere || columns.pixels >= marksFrom)) return
    cellMark(g, cell, point, isHere ? 3.6 : 2.4, colour, open)
  })
}

/** Dotted, across the whole width where it stays the same. */
function drawReference(
  g: Context,
  columns: Columns,
  reference: Float32Array,
  x: (column: number) => number,
  y: (value: number) => number,
  palette: Palette,
): void {
  const style = { colour: palette.ink3, dash: [1, 3] }
  const [first = Number.NaN] = reference
  if (reference.every((value) => value === first)) {
    rule(g, [0, Math.round(y(first)) + 0.5], [columns.width, Math.round(y(first)) + 0.5], style)
    return
  }
  const matrix = { steps: reference.length, units: 1, data: reference }
  const points = Array.from({ length: columns.count }, (_, column): Point => {
    const [from, to] = stepsIn(columns, column)
    return [
      x(column),
      y(from < reference.length ? spreadOver(matrix, [0], from, Math.min(to, reference.length)).mean : Number.NaN),
    ]
  })
  polyline(g, points, { ...style, width: 1 })
}

function ring(g: Context, [x, y]: Point, palette: Palette): void {
  if (Number.isNaN(y)) return
  g.beginPath()
  g.arc(x, y, 2.2, 0, 2 * Math.PI)
  g.fillStyle = palette.surface
  g.fill()
  g.strokeStyle = palette.ink3
  g.lineWidth = 1.2
  g.stroke()
}
