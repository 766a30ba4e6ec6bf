import type { Palette } from '../../viz/colour.ts'
import { type Columns, columnsFor, middleOf, rulerSteps } from '../../viz/columns.ts'
import type { LogScale } from '../../viz/scale.ts'
import type { Stretch } from '../../viz/stretch.ts'
import { type Context, text, wrapped } from '../../viz/surface.ts'
import { drawLegend } from '../exports/figures.ts'

/** One row of a figure over time: its name at the left, its drawing, which begins at 0, 0. */
export interface FigureRow {
  readonly label: string
  readonly height: number
  readonly draw: (g: Context, columns: Columns, palette: Palette) => void
  /** What stands at the top and at the bottom of its axis. */
  readonly ends?: readonly [high: string, low: string]
}

export interface TimeFigure {
  readonly title: string
  readonly caption: string
  readonly rows: readonly FigureRow[]
  readonly steps: number
  readonly shown: Stretch
  /** What stands above a step that gets a mark; its number where this is left out. */
  readonly ruler?: (step: number) => string
  /** Texts under the time steps, where there are any and they fit. */
  readonly tokens?: readonly string[]
  /** Of gradients, whose colours it is. */
  readonly scale?: LogScale
}

const width = 880
const left = 150
const top = 62
const gap = 6

export const figureHeight = ({ rows, tokens }: TimeFigure): number =>
  top + rows.reduce((sum, row) => sum + row.height + gap, 0) + (tokens ? 20 : 0) + 56

export const figureWidth = width

/** Rows over one time axis as a figure that stands alone: title, ruler, tokens, names and its caption. */
export function drawTimeFigure(g: Context, figure: TimeFigure, palette: Palette): void {
  const height = figureHeight(figure)
  const columns = columnsFor(figure.steps, width - left - 20, Infinity, figure.shown)
  g.fillStyle = palette.surface
  g.fillRect(0, 0, width, height)
  text(g, palette, figure.title, [16, 26], { colour: palette.ink, size: 14, weight: 600 })
  if (figure.scale) drawLegend(g, palette, figure.scale, width - 16, 17)
  g.save()
  g.translate(left, top - 8)
  for (const step of rulerSteps(columns)) {
    text(g, palette, figure.ruler?.(step) ?? String(step + 1), [middleOf(columns, step), 0], {
      colour: palette.ink3,
      size: 10,
      align: 'center',
    })
  }
  g.restore()
  let y = top
  for (const row of figure.rows) {
    text(g, palette, row.label, [16, y + row.height / 2 + 4], { colour: palette.ink2, size: 12 })
    row.ends?.forEach((end, k) => {
      const at = k === 0 ? y + 9 : y + row.height - 1
      text(g, palette, end, [left - 8, at], { colour: palette.ink3, size: 10, align: 'right' })
    })
    g.save()
    g.translate(left, y)
    row.draw(g, columns, palette)
    g.restore()
    y += row.height + gap
  }
  if (figure.tokens && columns.per === 1) {
    figure.tokens.forEach((token, t) => {
      if (t < columns.first || t >= columns.end) return
      const style = { colour: palette.ink2, size: columns.pixels < 34 ? 8 : 10, align: 'center' } as const
      text(g, palette, token, [left + middleOf(columns, t), y + 10 + (columns.pixels < 34 ? (t % 2) * 8 : 0)], style)
    })
  }
  g.font = `12px ${palette.font}`
  wrapped(g, figure.caption, width - 32).forEach((line, k) => {
    text(g, palette, line, [16, height - 36 + k * 17], { colour: palette.ink2, size: 12 })
  })
}
