import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, type Plugin, PointElement } from 'chart.js'
import type { Palette } from '../viz/colour.ts'
import { dashOf } from '../viz/faces.ts'
import { cellMark, hatch, rule, text } from '../viz/surface.ts'
import { type CurvePoint, type CurveView, gridValues, written } from './curves.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

/** Pixels to the left of a chart without axes for the numbers of its grid. */
export const labelRoom = 36

/** Grid, hatched rest, baseline and the marks at the ends: what chart.js has no element for. */
function paperOf(view: () => CurveView, palette: () => Palette): Plugin<'line'> {
  return {
    id: 'paper',
    beforeDatasetsDraw({ ctx: g, chartArea: area, scales: { x, y } }) {
      const now = view()
      const colours = palette()
      if (!x || !y) return
      const doneAt = x.getPixelForValue(now.done)
      if (now.done < now.total) hatch(g, doneAt, area.top, area.right - doneAt, area.bottom - area.top, colours.line)
      for (const value of gridValues(now)) {
        const at = Math.min(area.bottom - 0.5, Math.round(y.getPixelForValue(value)) + 0.5)
        rule(g, [area.left, at], [area.right, at], { colour: colours.line })
      }
      if (!now.baseline) return
      const at = Math.round(y.getPixelForValue(now.baseline.value)) + 0.5
      rule(g, [area.left, at], [area.right, at], { colour: colours.ink3, dash: [2, 3] })
    },
    afterDatasetsDraw({ ctx: g, chartArea: area, scales: { x, y } }) {
      const now = view()
      const colours = palette()
      if (!x || !y) return
      drawLabels(g, colours, now, area, (value) => y.getPixelForValue(value))
      drawBaselineLabel(g, colours, now, area, { x: (at) => x.getPixelForValue(at), y: (at) => y.getPixelForValue(at) })
      if (now.shown !== undefined && now.shown > 0) {
        const at = Math.min(area.right - 0.5, Math.round(x.getPixelForValue(now.shown)) + 0.5)
        rule(g, [at, area.top], [at, area.bottom], { colour: colours.ink })
      }
      for (const line of now.lines) {
        const last = line.points[line.points.length - 1]
        if (!line.strong || !last) continue
        const at = [Math.min(area.right - 3.5, x.getPixelForValue(last.x)), y.getPixelForValue(last.y)] as const
        cellMark(g, line.cell, at, 3.2, colours.cell(line.cell), line.open)
      }
    },
  }
}

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Numbers of the grid; those that would collide are left out. */
function drawLabels(
  g: CanvasRenderingContext2D,
  palette: Palette,
  view: CurveView,
  area: Area,
  y: (value: number) => number,
): void {
  const grid = gridValues(view)
  const top = Math.max(...grid)
  let lowest = -Infinity
  for (const value of [...grid].sort((a, b) => b - a)) {
    const style = { colour: palette.ink3, size: 10, halo: palette.surface }
    const at = Math.round(y(value))
    if ((view.log || value === top) && at - lowest >= 11) {
      // Beside the plot, where no line crosses it, and never above or below the canvas.
      lowest = Math.min(area.bottom - 1, Math.max(area.top + 1, at))
      text(g, palette, written(view, value), [area.left - 5, lowest + 3.5], { ...style, align: 'right' })
    }
  }
}

/** The name of the baseline, at that end and on that side of it where it covers least of the lines. */
function drawBaselineLabel(
  g: CanvasRenderingContext2D,
  palette: Palette,
  { baseline, lines }: CurveView,
  area: Area,
  place: { readonly x: (step: number) => number; readonly y: (value: number) => number },
): void {
  if (!baseline) return
  const style = { colour: palette.ink3, size: 10, halo: palette.surface } as const
  g.font = `400 ${style.size}px ${palette.font}`
  const width = g.measureText(baseline.label).width
  const at = Math.round(place.y(baseline.value))
  const places = [area.right - 10 - width, area.left + 10].flatMap((left) =>
    [at - 5, at + 12]
      .filter((bottom) => bottom - 8 > area.top && bottom < area.bottom)
      .map((bottom) => {
        const covers = ({ x, y }: CurvePoint) => {
          const [right, down] = [place.x(x) - left, bottom - place.y(y)]
          return right > -4 && right < width + 4 && down > -4 && down < 12
        }
        return { left, bottom, covered: lines.reduce((sum, { points }) => sum + points.filter(covers).length, 0) }
      }),
  )
  const best = places.sort((a, b) => a.covered - b.covered)[0]
  if (best) text(g, palette, baseline.label, [best.left, best.bottom], style)
}

export interface Curves {
  /** `ratio`: the screen's pixels in one of the page's. */
  update(view: CurveView, size: readonly [width: number, height: number], ratio: number): void
  destroy(): void
}

/** A chart.js line chart without animation; `update` hands it new points in place. */
export function createCurves(canvas: HTMLCanvasElement, palette: () => Palette): Curves {
  let view: CurveView = { lines: [], total: 1, done: 0, log: false, min: 0, max: 1 }
  const chart = new Chart<'line', CurvePoint[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    options: {
      responsive: false,
      maintainAspectRatio: false,
      animation: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: 0 },
      scales: { x: { type: 'linear', display: false }, y: { type: 'linear', display: false } },
      elements: { point: { radius: 0 } },
    },
    plugins: [paperOf(() => view, palette)],
  })
  return {
    update(next, [width, height], ratio) {
      view = next
      const options = chart.options
      options.layout = {
        padding: { left: labelRoom, top: 5, bottom: 5 },
      }
      options.scales = {
        x: { type: 'linear', display: false, min: 0, max: next.total },
        y: { type: next.log ? 'logarithmic' : 'linear', display: false, min: next.min, max: next.max },
      }
      chart.data.datasets = next.lines.map((line) => ({
        data: line.points,
        borderColor: palette().cell(line.cell) + (line.strong ? '' : '59'),
        borderWidth: line.strong ? 1.75 : 1,
        borderDash: dashOf(line.cell, line.open),
        borderJoinStyle: 'round' as const,
      }))
      const isAsBefore = chart.width === width && chart.height === height && chart.currentDevicePixelRatio === ratio
      if (!isAsBefore) chart.resize(width, height)
      chart.update('none')
    },
    destroy: () => chart.destroy(),
  }
}
