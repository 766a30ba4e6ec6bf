import type { Messages } from '../../i18n/en.ts'
import { cssColour, type Palette } from '../../viz/colour.ts'
import { columnsFor, middleOf, rulerSteps } from '../../viz/columns.ts'
import { dashOf } from '../../viz/faces.ts'
import { pow10, thousands } from '../../viz/numbers.ts'
import { profileY } from '../../viz/profile.ts'
import { type LogScale, ticks } from '../../viz/scale.ts'
import { type Context, cellMark, type Point, polyline, rule, text, wrapped } from '../../viz/surface.ts'
import { Waterfall } from '../../viz/waterfall.ts'
import { isVariant, runLabel } from '../training/labels.ts'
import type { Session } from '../training/session.svelte.ts'

/** Figures that stand alone: title, axes, legend, the runs named in them, and a caption. Sizes in CSS pixels. */
export const figureSize = { width: 880, height: 480, caption: 44 } as const

interface Figure {
  readonly session: Session
  readonly palette: Palette
  readonly t: Messages
}

function background(g: Context, palette: Palette): void {
  g.fillStyle = palette.surface
  g.fillRect(0, 0, figureSize.width, figureSize.height)
}

/** What the figure shows, below it: a picture that is passed on keeps its words. */
export function drawCaption(g: Context, palette: Palette, words: string): void {
  const { width, height, caption } = figureSize
  g.fillStyle = palette.surface
  g.fillRect(0, height, width, caption)
  g.font = `12px ${palette.font}`
  wrapped(g, words, width - 32).forEach((line, k) => {
    text(g, palette, line, [16, height + 16 + k * 17], { colour: palette.ink2, size: 12 })
  })
}

/** The colours of a gradient scale from its lowest decade to its highest, ending at `right`. */
export function drawLegend(g: Context, palette: Palette, scale: LogScale, right: number, y: number): void {
  const width = 140
  for (let x = 0; x < width; x += 1) {
    g.fillStyle = cssColour(palette.gradient[Math.round((x / (width - 1)) * 255)] as number)
    g.fillRect(right - 34 - width + x, y, 1, 10)
  }
  const style = { colour: palette.ink3, size: 11 }
  text(g, palette, pow10(scale.lo), [right - 40 - width, y + 9], { ...style, align: 'right' })
  text(g, palette, pow10(scale.hi), [right - 28, y + 9], style)
}

/** Gradient flow of every run over training, on one scale. */
export function drawFlowFigure(g: Context, { session, palette, t }: Figure): void {
  const { width, height } = figureSize
  background(g, palette)
  const { runs, telemetry, carried, total, scale } = session
  const left = 64
  const top = 78
  const gap = 28
  const fall = height - top - 24
  const columns = columnsFor(session.length, (width - left - 20 - gap * (runs.length - 1)) / runs.length, Infinity)
  text(g, palette, t.exports.flow, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
  drawLegend(g, palette, scale, width - 16, 14)
  for (const step of ticks(0, total, 6)) {
    const style = { colour: palette.ink3, size: 11, align: 'right', baseline: 'middle' } as const
    text(g, palette, thousands(step), [left - 8, top + (step / total) * fall], style)
  }
  text(g, palette, t.exports.trainingStep, [8, height - 6], { colour: palette.ink3, size: 10 })
  runs.forEach((run, k) => {
    const track = telemetry.tracks[k]
    const x = left + k * (columns.width + gap)
    cellMark(g, run.cell, [x + 5, 46], 4.5, palette.cell(run.cell), isVariant(run))
    text(g, palette, runLabel(run, t), [x + 16, 50], { colour: palette.ink, size: 13, weight: 600 })
    g.save()
    g.translate(x, top)
    for (const step of rulerSteps(columns)) {
      const style = { colour: palette.ink3, size: 10, align: 'center' } as const
      text(g, palette, String(step + 1), [middleOf(columns, step), -6], style)
    }
    const horizons = track?.flowTrack(carried).horizons.values
    if (track) new Waterfall().draw(g, track.flow(carried), columns, fall, total, scale, palette, horizons)
    g.strokeStyle = palette.line
    g.strokeRect(-0.5, -0.5, columns.width + 1, fall + 1)
    g.restore()
  })
  text(g, palette, t.train.timeStep, [width - 20, height - 6], { colour: palette.ink3, size: 10, align: 'right' })
}

/** flow(t) of every run at the shown training step, on one log axis. */
export function drawProfileFigure(g: Context, { session, palette, t }: Figure): void {
  const { width, height } = figureSize
  background(g, palette)
  const { runs, telemetry, carried, scale } = session
  const left = 56
  const top = 50
  const plot = height - top - 44
  const columns = columnsFor(session.length, width - left - 120, Infinity)
  const y = (value: number) => top + profileY(value, plot, scale)
  text(g, palette, t.exports.profile, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
  const at = t.train.atStep(thousands(session.shownStep))
  text(g, palette, at, [width - 16, 24], { colour: palette.ink3, size: 12, align: 'right' })
  for (let exponent = scale.hi; exponent >= scale.lo; exponent -= 1) {
    const line = Math.round(y(10 ** exponent)) + 0.5
    rule(g, [left, line], [left + columns.width, line], { colour: palette.line })
    text(g, palette, pow10(exponent), [left - 8, line + 4], { colour: palette.ink3, size: 11, align: 'right' })
  }
  for (const step of rulerSteps(columns)) {
    const style = { colour: palette.ink3, size: 11, align: 'center' } as const
    text(g, palette, String(step + 1), [left + middleOf(columns, step), top + plot + 16], style)
  }
  text(g, palette, t.train.timeStep, [left + columns.width, height - 8], {
    colour: palette.ink3,
    size: 11,
    align: 'right',
  })
  runs.forEach((run, k) => {
    const track = telemetry.tracks[k]
    const row = track?.rowAt(session.shownStep) ?? -1
    if (!track || row < 0) return
    const values = track.row(carried, row)
    const points = Array.from(values, (value, step): Point => [left + middleOf(columns, step), y(value)])
    const colour = palette.cell(run.cell)
    g.save()
    g.beginPath()
    g.rect(left, top, columns.width, plot)
    g.clip()
    polyline(g, points, { colour, width: 2, dash: dashOf(run.cell, isVariant(run)) })
    const last = values[values.length - 1] ?? Number.NaN
    rule(g, [left, y(last * 0.01)], [left + columns.width, y(last * 0.01)], { colour, width: 0.75, dash: [2, 3] })
    g.restore()
    const label = `${runLabel(run, t)}, ∂L/∂${carried && track.cell ? 'c' : 'h'}`
    const legendY = top + 10 + k * 20
    cellMark(g, run.cell, [left + columns.width + 14, legendY], 4, colour, isVariant(run))
    text(g, palette, label, [left + columns.width + 24, legendY + 4], { colour: palette.ink2, size: 11 })
  })
}
