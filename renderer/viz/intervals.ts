import type { Palette } from './colour.ts'
import { dashOf } from './faces.ts'
import { fixed } from './numbers.ts'
import { type Context, cellMark, type Point, polyline, rule, text } from './surface.ts'

export interface IntervalSeries {
  readonly name: string
  readonly cell: string
  readonly open: boolean
  /** For each place; NaN leaves it out. */
  readonly points: readonly { readonly value: number; readonly low: number; readonly high: number }[]
}

/** Shares with their intervals over places in a row. */
export interface Intervals {
  readonly places: readonly { readonly name: string; readonly below: string; readonly beyond: boolean }[]
  readonly axis: string
  /** Over the places that lie beyond. */
  readonly beyond: string
  readonly level: { readonly value: number; readonly name: string }
  readonly series: readonly IntervalSeries[]
  /** The place pointed at; -1: none. */
  readonly chosen: number
}

const room = { left: 52, right: 118, top: 26, bottom: 44 }
/** Pixels between the marks of two series at one place: neither hides the other. */
const apart = 9

const slot = (width: number, count: number) => (width - room.left - room.right) / Math.max(1, count)

/** The place under a pixel, -1 where none is. */
export function placeAt(width: number, { places }: Intervals, x: number): number {
  const k = Math.floor((x - room.left) / slot(width, places.length))
  return k >= 0 && k < places.length ? k : -1
}

/** Every series as points that are held together by a line, each with its interval; dotted: the level of guessing. */
export function drawIntervals(g: Context, [width, height]: Point, view: Intervals, palette: Palette): void {
  const right = width - room.right
  const bottom = height - room.bottom
  const each = slot(width, view.places.length)
  const x = (k: number) => room.left + (k + 0.5) * each
  const y = (share: number) => room.top + (1 - share) * (bottom - room.top)
  const small = { colour: palette.ink3, size: 11 } as const
  g.fillStyle = palette.surface
  g.fillRect(0, 0, width, height)
  drawBeyond(g, view, x(0) - each / 2, each, [room.top, bottom], palette)
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const at = Math.round(y(share)) + 0.5
    rule(g, [room.left, at], [right, at], { colour: palette.line })
    text(g, palette, `${fixed(share * 100, 0)} %`, [room.left - 8, at + 4], { ...small, align: 'right' })
  }
  view.places.forEach(({ name, below }, k) => {
    const colour = k === view.chosen ? palette.ink : palette.ink2
    text(g, palette, name, [x(k), bottom + 16], { ...small, colour, align: 'center' })
    text(g, palette, below, [x(k), bottom + 31], { ...small, size: 10, align: 'center' })
  })
  text(g, palette, view.axis, [right + 12, bottom + 16], small)
  if (view.chosen >= 0) {
    rule(g, [x(view.chosen), room.top], [x(view.chosen), bottom], { colour: palette.line2 })
  }
  const level = Math.round(y(view.level.value)) + 0.5
  rule(g, [room.left, level], [right, level], { colour: palette.ink3, dash: [2, 3] })
  text(g, palette, view.level.name, [right + 12, level + 4], small)
  view.series.forEach((series, k) => {
    const shift = (k - (view.series.length - 1) / 2) * Math.min(apart, each / (view.series.length + 1))
    drawSeries(g, series, (place) => x(place) + shift, y, palette)
    const at = room.top + 6 + k * 18
    cellMark(g, series.cell, [right + 17, at], 4, palette.cell(series.cell), series.open)
    text(g, palette, series.name, [right + 27, at + 4], { ...small, colour: palette.ink2 })
  })
}

function drawBeyond(
  g: Context,
  { places, beyond }: Intervals,
  left: number,
  each: number,
  [top, bottom]: readonly [number, number],
  palette: Palette,
): void {
  const first = places.findIndex((place) => place.beyond)
  if (first < 0) return
  g.fillStyle = palette.bg
  g.fillRect(left + first * each, top, (places.length - first) * each, bottom - top)
  rule(g, [left + first * each, top], [left + first * each, bottom], { colour: palette.line2 })
  text(g, palette, beyond, [left + first * each + 6, top - 10], { colour: palette.ink3, size: 10 })
}

function drawSeries(
  g: Context,
  { cell, open, points }: IntervalSeries,
  x: (place: number) => number,
  y: (share: number) => number,
  palette: Palette,
): void {
  const colour = palette.cell(cell)
  g.globalAlpha = 0.55
  const line = points.map(({ value }, k): Point => [x(k), y(value)])
  polyline(g, line, { colour, width: 1.25, dash: dashOf(cell, open) })
  g.globalAlpha = 1
  points.forEach(({ value, low, high }, k) => {
    if (Number.isNaN(value)) return
    rule(g, [x(k), y(low)], [x(k), y(high)], { colour, width: 1.5 })
    for (const end of [low, high]) rule(g, [x(k) - 3, y(end)], [x(k) + 3, y(end)], { colour, width: 1.5 })
    cellMark(g, cell, [x(k), y(value)], 3.6, colour, open)
  })
}
