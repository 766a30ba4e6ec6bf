import type { Palette } from '../../viz/colour.ts'
import { thousands } from '../../viz/numbers.ts'
import { ticks } from '../../viz/scale.ts'
import { type Context, rule, shortened, text } from '../../viz/surface.ts'
import { figureSize } from './figures.ts'

const { width, height } = figureSize
const top = 48

function begin(g: Context, palette: Palette, title: string): void {
  g.fillStyle = palette.surface
  g.fillRect(0, 0, width, height)
  text(g, palette, title, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
}

/** Ticks of a count: never between two whole numbers. */
const counts = (most: number) => ticks(0, most, 5).filter(Number.isInteger)

export interface Range {
  readonly from: number
  readonly to: number
  readonly rows: number
}

/** How many rows lie in each range of a whole number; `axis` names the number. */
export function drawHistogramFigure(
  g: Context,
  palette: Palette,
  { title, axis, bars }: { readonly title: string; readonly axis: string; readonly bars: readonly Range[] },
): void {
  begin(g, palette, title)
  const [left, right, bottom] = [64, 24, 52]
  const most = Math.max(1, ...bars.map(({ rows }) => rows))
  const plot = { w: width - left - right, h: height - top - bottom }
  const small = { colour: palette.ink3, size: 11 } as const
  for (const count of counts(most)) {
    const y = Math.round(top + plot.h * (1 - count / most)) + 0.5
    rule(g, [left, y], [left + plot.w, y], { colour: palette.line })
    text(g, palette, thousands(count), [left - 8, y + 4], { ...small, align: 'right' })
  }
  const slot = Math.min(48, plot.w / Math.max(1, bars.length))
  const every = Math.ceil(48 / slot)
  bars.forEach(({ from, to, rows }, k) => {
    const h = rows && Math.max(1, (plot.h * rows) / most)
    g.fillStyle = palette.ink2
    g.fillRect(left + k * slot + 1, top + plot.h - h, Math.max(1, slot - 2), h)
    if (k % every) return
    const name = from === to ? String(from) : `${from}–${to}`
    text(g, palette, name, [left + (k + 0.5) * slot, top + plot.h + 16], { ...small, align: 'center' })
  })
  text(g, palette, axis, [left + plot.w, height - 12], { ...small, align: 'right' })
}

export interface NamedBar {
  readonly name: string
  /** Set one behind the other. */
  readonly parts: readonly number[]
}

/** Counts by name, one below the other as far as there is room; `legend` names the parts. */
export function drawNamedBarsFigure(
  g: Context,
  palette: Palette,
  {
    title,
    bars,
    legend = [],
  }: { readonly title: string; readonly bars: readonly NamedBar[]; readonly legend?: readonly string[] },
): void {
  begin(g, palette, title)
  const colours = legend.length ? [palette.ink, palette.ink3, palette.line2] : [palette.ink2]
  const [left, right] = [200, 90]
  const row = Math.min(28, (height - top - 16) / Math.max(1, bars.length))
  const size = Math.min(12, row * 0.7)
  const sum = (parts: readonly number[]) => parts.reduce((all, n) => all + n, 0)
  const most = Math.max(1, ...bars.map(({ parts }) => sum(parts)))
  const scale = (width - left - right) / most
  let x = width - right
  for (const [k, name] of [...legend.entries()].reverse()) {
    text(g, palette, name, [x, 24], { colour: palette.ink2, size: 12, align: 'right' })
    x -= g.measureText(name).width + 16
    g.fillStyle = colours[k] ?? palette.ink2
    g.fillRect(x, 15, 10, 10)
    x -= 18
  }
  bars.forEach(({ name, parts }, k) => {
    const y = top + k * row
    g.font = `${size}px ${palette.font}`
    const shown = shortened(g, name, left - 28)
    text(g, palette, shown, [left - 10, y + row / 2], { colour: palette.ink, size, align: 'right', baseline: 'middle' })
    let at = left
    for (const [part, count] of parts.entries()) {
      g.fillStyle = colours[part] ?? palette.ink2
      g.fillRect(at, y + row * 0.2, count * scale, row * 0.6)
      at += count * scale
    }
    text(g, palette, thousands(sum(parts)), [at + 8, y + row / 2], { colour: palette.ink3, size, baseline: 'middle' })
  })
}
