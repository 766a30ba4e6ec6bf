import { largestOf, valueOver } from './aggregate.ts'
import { cssColour, type Palette } from './colour.ts'
import { type Columns, stepsIn } from './columns.ts'
import { type Context, hatch, rule } from './surface.ts'

/** A bar for each column, the largest as high as there is room. */
export function drawBars(
  g: Context,
  columns: Columns,
  height: number,
  values: ArrayLike<number>,
  colour: string,
  palette: Palette,
): void {
  const most = largestOf(values)
  g.fillStyle = colour
  for (let k = 0; k < values.length; k += 1) {
    const size = most > 0 ? ((values[k] as number) / most) * (height - 2) : 0
    const bar = (values[k] as number) > 0 ? Math.max(1, size) : 0
    g.fillRect(k * columns.pixels, height - 1 - bar, columns.pixels - 1, bar)
  }
  rule(g, [0, height - 0.5], [columns.width, height - 0.5], { colour: palette.line2 })
}

/** Sizes over time: where several steps share a column, the largest of them; hatched where it is not finite. */
export function drawSizes(
  g: Context,
  columns: Columns,
  height: number,
  values: Float32Array,
  colour: string,
  palette: Palette,
): void {
  const most = largestOf(values)
  const matrix = { steps: values.length, units: 1, data: values }
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  for (let column = 0; column < columns.count; column += 1) {
    const value = valueOver('gradient', matrix, 0, ...stepsIn(columns, column))
    const [x, width] = [column * columns.pixels, Math.max(1, columns.pixels - 1)]
    if (!Number.isFinite(value)) {
      g.fillStyle = cssColour(palette.nan)
      g.fillRect(x, 0, width, height)
      hatch(g, x, 0, width, height, palette.nanInk, 5)
      continue
    }
    const bar = most > 0 ? Math.max(value > 0 ? 1 : 0, (value / most) * (height - 2)) : 0
    g.fillStyle = colour
    g.fillRect(x, height - bar, width, bar)
  }
}
