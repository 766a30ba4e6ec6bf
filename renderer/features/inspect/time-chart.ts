import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import type { LogScale } from '../../viz/scale.ts'
import type { Chart } from '../exports/chart.ts'
import { number, writeCsv } from '../exports/table.ts'
import { drawTimeFigure, type FigureRow, figureHeight, figureWidth, type TimeFigure } from './figure.ts'
import type { Inspection } from './inspection.svelte.ts'
import { readable } from './tokens.ts'

/** A named row of numbers, one for each time step. */
export interface Line {
  readonly name: string
  readonly values: ArrayLike<number>
}

/** One line a time step, a column for each name. */
function csvOf(lines: readonly Line[], tokens: readonly string[] | undefined): string {
  const length = Math.max(0, ...lines.map(({ values }) => values.length))
  const rows = Array.from({ length }, (_, t) => [
    t + 1,
    ...(tokens ? [tokens[t]] : []),
    ...lines.map(({ values }) => number(values[t] ?? Number.NaN)),
  ])
  return writeCsv(['time_step', ...(tokens ? ['token'] : []), ...lines.map(({ name }) => name)], rows)
}

const arraysOf = (lines: readonly Line[]) =>
  Object.fromEntries(lines.map(({ name, values }) => [name, ndarray([values.length], Float32Array.from(values))]))

/** A chart over the time steps of what the inspector shows, before it has its title's end, axis and tokens. */
export interface TimeChart {
  readonly id: string
  readonly title: string
  readonly caption: string
  readonly rows: readonly FigureRow[]
  readonly dense?: boolean
  readonly scale?: LogScale
  /** Exactly what is shown. */
  readonly lines: readonly Line[]
  /** What it is taken from, where that is more. */
  readonly arrays?: Chart['arrays']
}

/** A figure as a chart that can be taken home. */
export function figureChart(
  figure: TimeFigure,
  chart: Pick<Chart, 'id' | 'title' | 'dense' | 'csv' | 'arrays'>,
): Chart {
  return {
    ...chart,
    note: '',
    caption: figure.caption,
    width: figureWidth,
    height: figureHeight(figure),
    draw: (g, palette) => drawTimeFigure(g, figure, palette),
  }
}

/** Charts of one example, or of a batch, on the stretch of time that is shown. */
export function timeCharts(inspection: Inspection, t: Messages): (chart: TimeChart) => Chart {
  const { example, axis, batch } = inspection
  const tokens = batch ? undefined : example?.tokens?.map(readable)
  const where = batch ? t.score.figureOfBatch(batch.count) : t.score.figureOf(String((example?.index ?? 0) + 1))
  return ({ id, title, caption, rows, dense = false, scale, lines, arrays }) => {
    const figure: TimeFigure = {
      title: `${title}, ${where}`,
      caption,
      rows,
      steps: inspection.length,
      shown: axis.shown,
      ...(tokens && { tokens }),
      ...(scale && { scale }),
    }
    const numbers = { csv: () => csvOf(lines, tokens), arrays: arrays ?? (() => arraysOf(lines)) }
    return figureChart(figure, { id, title, dense, ...numbers })
  }
}
