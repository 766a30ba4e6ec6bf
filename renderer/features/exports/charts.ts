import type { Messages } from '../../i18n/en.ts'
import { createCurves } from '../../ui/curves.ts'
import type { Palette } from '../../viz/colour.ts'
import { surface } from '../../viz/surface.ts'
import type { Session } from '../training/session.svelte.ts'
import { curveView } from '../training/views.ts'
import { flowCsv, historyCsv, profileCsv } from './csv.ts'
import { drawCaption, drawFlowFigure, drawProfileFigure, figureSize } from './figures.ts'

export const chartIds = ['flow', 'loss', 'metric', 'profile'] as const
export type ChartId = (typeof chartIds)[number]

/** Draws a chart on a canvas as it will be in the file, `ratio` pixels for each of the figure's. */
export function drawChart(
  id: ChartId,
  canvas: HTMLCanvasElement,
  session: Session,
  palette: Palette,
  t: Messages,
  ratio: number,
): void {
  const { width, height } = figureSize
  const g = surface(canvas, width, height + figureSize.caption, ratio)
  drawCaption(g, palette, t.exports.caption[id])
  if (id === 'flow' || id === 'profile') {
    const draw = id === 'flow' ? drawFlowFigure : drawProfileFigure
    draw(g, { session, palette, t })
    return
  }
  const { experiment, total, carried, step: done } = session
  const view = curveView(id, { experiment, tracks: session.telemetry.tracks, carried, total, done }, t)
  const metric = experiment.facts.metric.id
  const title = id === 'loss' ? t.exports.loss : (t.metrics[metric] ?? metric)
  // chart.js empties a canvas it lets go of, and leaves its ground transparent.
  const drawn = document.createElement('canvas')
  const curves = createCurves(drawn, () => palette, ratio)
  curves.update({ ...view, axes: { x: t.exports.trainingStep, y: title } }, [width, height])
  g.fillStyle = palette.surface
  g.fillRect(0, 0, width, height)
  g.drawImage(drawn, 0, 0, width, height)
  curves.destroy()
}

/** The chart as a PNG of twice the figure's size. */
export async function chartPng(id: ChartId, session: Session, palette: Palette, t: Messages): Promise<Blob> {
  const canvas = document.createElement('canvas')
  drawChart(id, canvas, session, palette, t, 2)
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'),
  )
}

/** Exactly the values the chart shows. */
export function chartCsv(id: ChartId, session: Session): Blob {
  const { experiment, telemetry } = session
  const content =
    id === 'flow'
      ? flowCsv(experiment, telemetry.tracks)
      : id === 'profile'
        ? profileCsv(experiment, telemetry.tracks, session.shownStep)
        : historyCsv(experiment, telemetry.tracks, id)
  return new Blob([content], { type: 'text/csv' })
}
