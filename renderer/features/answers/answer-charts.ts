import type { Answers, Experiment } from '../../../shared/contract.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { cssColour, inkOn, type Palette } from '../../viz/colour.ts'
import { dashOf } from '../../viz/faces.ts'
import { gateColour } from '../../viz/scale.ts'
import { drawForecast, drawScatter, type Range } from '../../viz/scatter.ts'
import { type Context, cellMark, text } from '../../viz/surface.ts'
import type { Chart } from '../exports/chart.ts'
import { standalone } from '../exports/charts.ts'
import { figureSize } from '../exports/figures.ts'
import { number, writeCsv } from '../exports/table.ts'
import { isVariant, runLabel } from '../training/labels.ts'
import { confusion } from './confusion.ts'

/** One run's answers as they stand in a chart, beside the truth. */
export interface Answering {
  readonly runs: Experiment['runs']
  /** Of every run, in their order. */
  readonly outputs: readonly Float32Array[]
  readonly truth: Float32Array
}

type Words = Pick<Chart, 'id' | 'title' | 'caption'> & { readonly note?: string }

const { width, height } = figureSize
const top = 64
const floats = (values: ArrayLike<number>): Floats => ndarray([values.length], Float32Array.from(values))

/** A figure with a part for every run, each named above it. */
function perRun(
  words: Words,
  { runs }: Answering,
  place: (k: number) => readonly [x: number, y: number],
  part: (g: Context, k: number, palette: Palette) => void,
  t: Messages,
  data: Pick<Chart, 'csv' | 'arrays'>,
): Chart {
  return standalone({
    note: '',
    ...words,
    dense: false,
    draw: (g, palette) => {
      g.fillStyle = palette.surface
      g.fillRect(0, 0, width, height)
      text(g, palette, words.title, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
      runs.forEach((run, k) => {
        const [x, y] = place(k)
        cellMark(g, run.cell, [x + 5, y - 11], 4, palette.cell(run.cell), isVariant(run))
        text(g, palette, runLabel(run, t), [x + 15, y - 7], { colour: palette.ink2, size: 12 })
        g.save()
        g.translate(x, y)
        part(g, k, palette)
        g.restore()
      })
    },
    ...data,
  })
}

/** Truth, every run's answers and the baseline's in columns, a line for each; `first` is the number of the first line. */
function columns(
  { runs, outputs, truth }: Answering,
  counted: string,
  first = 1,
  persistence?: Float32Array,
): Pick<Chart, 'csv' | 'arrays'> {
  const drawn: readonly (readonly [name: string, values: Float32Array])[] = [
    ['target', truth],
    ...runs.map(({ name }, k) => [name, outputs[k] ?? new Float32Array(0)] as const),
    ...(persistence ? [['persistence', persistence] as const] : []),
  ]
  return {
    csv: () => {
      const rows = Array.from(truth, (_, k) => [
        first + k,
        ...drawn.map(([, values]) => number(values[k] ?? Number.NaN)),
      ])
      return writeCsv([counted, ...drawn.map(([name]) => name)], rows)
    },
    arrays: () => Object.fromEntries(drawn.map(([name, values]) => [name, floats(values)])),
  }
}

/** Predicted against true values, a square for each run. */
export function scatterChart(answering: Answering, range: Range, t: Messages): Chart {
  const { runs, outputs, truth } = answering
  const gap = 24
  const size = Math.min(height - top - 16, (width - 32 - gap * (runs.length - 1)) / runs.length)
  const words = {
    id: 'scatter',
    title: t.answers.scatterTitle,
    note: t.answers.scatterNote,
    caption: t.answers.scatterNote,
  }
  return perRun(
    words,
    answering,
    (k) => [16 + k * (size + gap), top],
    (g, k, palette) => {
      const run = runs[k]
      if (run) drawScatter(g, size, truth, outputs[k] ?? [], range, run.cell, isVariant(run), palette)
    },
    t,
    columns(answering, 'example'),
  )
}

/** Each run's answers over a series, one below the other; `persistence` is that baseline's, drawn dotted. */
export function seriesChart(
  words: Words,
  answering: Answering,
  range: Range,
  first: number,
  persistence: Float32Array | undefined,
  t: Messages,
): Chart {
  const { runs, outputs, truth } = answering
  const each = (height - top + 24) / runs.length - 32
  return perRun(
    words,
    answering,
    (k) => [16, top + k * (each + 32)],
    (g, k, palette) => {
      const run = runs[k]
      if (!run) return
      const own = { values: outputs[k] ?? [], colour: palette.cell(run.cell), dash: dashOf(run.cell, isVariant(run)) }
      const dotted = persistence && { values: persistence, colour: palette.ink3, dash: [1, 3] }
      drawForecast(g, [width - 32, each], truth, dotted ? [dotted, own] : [own], range, palette)
    },
    t,
    columns(answering, 'row', first, persistence),
  )
}

/** True classes (rows) against answers (columns), a table for each run; `classes` are their words. */
export function confusionChart(
  answers: Answers,
  runs: Experiment['runs'],
  classes: readonly string[],
  t: Messages,
): Chart {
  const counts = runs.map((_, k) => confusion(answers.targets.data, answers.outputs[k]?.data ?? [], classes.length))
  const answering = { runs, outputs: answers.outputs.map(({ data }) => data), truth: answers.targets.data }
  const left = 72
  const gap = 24
  const share = (width - 32 - gap * (runs.length - 1)) / runs.length
  const cell = Math.min(64, (share - left) / classes.length, (height - top - 40) / classes.length)
  const rows = counts.flatMap((table, k) =>
    table.flatMap((row, truth) => row.map((count, answer) => [runs[k]?.name, classes[truth], classes[answer], count])),
  )
  const words = { id: 'classes', title: t.answers.confusionTitle, caption: t.answers.confusionNote }
  return perRun(
    words,
    answering,
    (k) => [16 + k * (share + gap), top],
    (g, k, palette) => drawTable(g, counts[k] ?? [], classes, [left, cell], palette),
    t,
    {
      csv: () => writeCsv(['run', 'target', 'answer', 'examples'], rows),
      arrays: () =>
        Object.fromEntries(
          runs.map(({ name }, k) => [
            `${name}.counts`,
            ndarray([classes.length, classes.length], Int32Array.from(counts[k]?.flat() ?? [])),
          ]),
        ),
    },
  )
}

function drawTable(
  g: Context,
  counts: readonly (readonly number[])[],
  classes: readonly string[],
  [left, cell]: readonly [number, number],
  palette: Palette,
): void {
  const small = { colour: palette.ink3, size: Math.min(11, cell * 0.6) }
  const middle = (k: number) => (k + 0.5) * cell
  counts.forEach((row, truth) => {
    const all = row.reduce((sum, n) => sum + n, 0)
    text(g, palette, classes[truth] ?? '', [left - 8, 24 + middle(truth)], {
      ...small,
      align: 'right',
      baseline: 'middle',
    })
    text(g, palette, classes[truth] ?? '', [left + middle(truth), 16], { ...small, align: 'center' })
    row.forEach((count, answer) => {
      const colour = gateColour(all ? count / all : 0, palette)
      g.fillStyle = cssColour(colour)
      g.fillRect(left + answer * cell, 24 + truth * cell, cell - 1, cell - 1)
      if (answer === truth) {
        g.strokeStyle = palette.ink
        g.strokeRect(left + answer * cell + 0.5, 24 + truth * cell + 0.5, cell - 2, cell - 2)
      }
      if (!count) return
      const style = { colour: inkOn(colour), size: small.size, align: 'center', baseline: 'middle' } as const
      text(g, palette, String(count), [left + middle(answer), 24 + middle(truth)], style)
    })
  })
}
