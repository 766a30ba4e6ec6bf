import type { Palette } from './colour.ts'
import { fixed, scientific } from './numbers.ts'
import { ticks } from './scale.ts'
import { type Context, cellMark, polyline, rule, text } from './surface.ts'

export interface Range {
  readonly min: number
  readonly max: number
}

/** Smallest range over all values, a little wider; a flat one is opened by 1. */
export function rangeOf(...columns: readonly ArrayLike<number>[]): Range {
  let min = Infinity
  let max = -Infinity
  for (const column of columns) {
    for (let i = 0; i < column.length; i += 1) {
      const value = column[i] as number
      if (!Number.isFinite(value)) continue
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  if (!(max >= min)) return { min: 0, max: 1 }
  const room = max > min ? (max - min) * 0.04 : 0.5
  return { min: min - room, max: max + room }
}

const digitsFor = (range: Range) => Math.max(0, Math.min(4, 1 - Math.floor(Math.log10((range.max - range.min) / 4))))
const written = (tick: number, range: Range) =>
  Math.max(-range.min, range.max) < 1e5 ? fixed(tick, digitsFor(range)) : scientific(tick)

/** True value across, predicted value up, the same axes for every run; the diagonal is a perfect answer. */
export function drawScatter(
  g: Context,
  size: number,
  truth: ArrayLike<number>,
  answers: ArrayLike<number>,
  range: Range,
  cell: string,
  open: boolean,
  palette: Palette,
): void {
  const at = (value: number) => ((value - range.min) / (range.max - range.min)) * size
  g.fillStyle = palette.surface
  g.fillRect(0, 0, size, size)
  const marks = ticks(range.min, range.max, 4)
  for (const tick of marks) {
    const x = Math.round(at(tick)) + 0.5
    const y = Math.round(size - at(tick)) + 0.5
    rule(g, [x, 0], [x, size], { colour: palette.line })
    rule(g, [0, y], [size, y], { colour: palette.line })
  }
  rule(g, [0, size], [size, 0], { colour: palette.ink3, dash: [2, 3] })
  const colour = palette.cell(cell)
  g.save()
  g.beginPath()
  g.rect(0, 0, size, size)
  g.clip()
  g.globalAlpha = 0.65
  for (let i = 0; i < truth.length; i += 1) {
    const x = at(truth[i] as number)
    const y = size - at(answers[i] as number)
    if (Number.isFinite(x) && Number.isFinite(y)) cellMark(g, cell, [x, y], 2, colour, open)
  }
  g.restore()
  // Over the marks, and clear of the edges and of each other's corner.
  for (const tick of marks) {
    const style = { colour: palette.ink3, size: 10, halo: palette.surface }
    const words = written(tick, range)
    const [x, y] = [at(tick), size - at(tick)]
    if (x < size - 34) text(g, palette, words, [x + 3, size - 4], style)
    if (y < size - 18 && y > 12) text(g, palette, words, [3, y - 3], style)
  }
}

/** Pixels to the left of a forecast's plot for the numbers of its axis. */
export const forecastAxis = 44

/** A forecast over its series: the true line in ink, the run's in its colour; `width` includes the axis. */
export function drawForecast(
  g: Context,
  [width, height]: readonly [number, number],
  truth: ArrayLike<number>,
  lines: readonly { readonly values: ArrayLike<number>; readonly colour: string; readonly dash?: readonly number[] }[],
  range: Range,
  palette: Palette,
): void {
  const left = forecastAxis
  const x = (i: number) => left + (truth.length < 2 ? 0 : (i / (truth.length - 1)) * (width - left - 1))
  const y = (value: number) => height - ((value - range.min) / (range.max - range.min)) * height
  g.fillStyle = palette.surface
  g.fillRect(left, 0, width - left, height)
  for (const tick of ticks(range.min, range.max, 4)) {
    const at = Math.round(y(tick)) + 0.5
    rule(g, [left, at], [width, at], { colour: palette.line })
    const middle = Math.min(height - 5, Math.max(6, at))
    const style = { colour: palette.ink3, size: 10, align: 'right' } as const
    text(g, palette, written(tick, range), [left - 6, middle + 3.5], style)
  }
  g.strokeStyle = palette.line
  g.strokeRect(left + 0.5, 0.5, width - left - 1, height - 1)
  const points = (values: ArrayLike<number>) => Array.from(values, (value, i) => [x(i), y(value)] as const)
  polyline(g, points(truth), { colour: palette.ink3, width: 3 })
  for (const line of lines) polyline(g, points(line.values), { colour: line.colour, width: 1.5, dash: line.dash })
}
