import { type CurveView, gridValues, written } from '../../ui/curves.ts'
import type { Palette } from '../../viz/colour.ts'
import { dashOf } from '../../viz/faces.ts'
import { thousands } from '../../viz/numbers.ts'
import { ticks } from '../../viz/scale.ts'
import { type Context, cellMark, polyline, rule, text } from '../../viz/surface.ts'
import { figureSize } from './figures.ts'

const room = { left: 64, right: 150, top: 44, bottom: 44 }

/** Curves over training as a figure that stands alone: axes, baseline, the runs named beside their ends. */
export function drawCurveFigure(g: Context, view: CurveView, title: string, xTitle: string, palette: Palette): void {
  const { width, height } = figureSize
  const plot = { w: width - room.left - room.right, h: height - room.top - room.bottom }
  const place = (value: number) => (view.log ? Math.log10(value) : value)
  const [low, high] = [place(view.min), place(view.max)]
  const x = (step: number) => room.left + (step / view.total) * plot.w
  const y = (value: number) => room.top + (1 - (place(value) - low) / (high - low)) * plot.h
  g.fillStyle = palette.surface
  g.fillRect(0, 0, width, height)
  text(g, palette, title, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
  const small = { colour: palette.ink3, size: 11 } as const
  for (const value of gridValues(view, 7)) {
    const at = Math.round(y(value)) + 0.5
    rule(g, [room.left, at], [room.left + plot.w, at], { colour: palette.line })
    text(g, palette, written(view, value), [room.left - 8, at + 4], { ...small, align: 'right' })
  }
  for (const step of ticks(0, view.total, 6)) {
    text(g, palette, thousands(step), [x(step), height - room.bottom + 16], { ...small, align: 'center' })
  }
  text(g, palette, xTitle, [room.left + plot.w, height - 8], { ...small, align: 'right' })
  let named = 0
  for (const line of view.lines) {
    const colour = palette.cell(line.cell)
    const points = line.points
      .filter((point) => !view.log || point.y > 0)
      .map((point) => [x(point.x), y(point.y)] as const)
    g.globalAlpha = line.strong ? 1 : 0.4
    polyline(g, points, { colour, width: line.strong ? 2 : 1, dash: dashOf(line.cell, line.open) })
    g.globalAlpha = 1
    if (!line.strong) continue
    const at = room.top + 10 + named * 20
    cellMark(g, line.cell, [room.left + plot.w + 14, at], 4, colour, line.open)
    text(g, palette, line.name, [room.left + plot.w + 24, at + 4], { colour: palette.ink2, size: 11 })
    named += 1
  }
  if (view.baseline) {
    const at = Math.round(y(view.baseline.value)) + 0.5
    rule(g, [room.left, at], [room.left + plot.w, at], { colour: palette.ink3, dash: [2, 3] })
    const style = { ...small, align: 'right', halo: palette.surface } as const
    text(g, palette, view.baseline.label, [room.left + plot.w - 6, at - 5], style)
  }
}
