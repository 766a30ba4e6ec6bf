import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import type { Palette } from '../../viz/colour.ts'
import { type Columns, stepsIn } from '../../viz/columns.ts'
import { whole } from '../../viz/stretch.ts'
import { type Context, rule, shortened, text } from '../../viz/surface.ts'
import type { Chart } from '../exports/chart.ts'
import { writeCsv } from '../exports/table.ts'
import { figureChart } from '../inspect/time-chart.ts'
import { runLabel } from '../training/labels.ts'
import type { Answering } from './answer-charts.ts'

const height = 26
/** Narrower columns have no room for a word. */
const wordsFrom = 9

interface Row {
  readonly name: string
  readonly label: string
  /** One id a step. */
  readonly ids: Float32Array
  /** Of a run: the colour of what it answers otherwise than the truth. */
  readonly cell?: string
}

/** Words at every step: the truth and, below it, what every run answers, another answer tinted and underlined. */
export function wordChart(
  words: Pick<Chart, 'id' | 'title' | 'caption'>,
  { runs, outputs, truth }: Answering,
  wordOf: (id: number) => string,
  t: Messages,
): Chart {
  const rows: readonly Row[] = [
    { name: 'target', label: t.inspect.target, ids: truth },
    ...runs.map((run, k) => ({
      name: run.name,
      label: runLabel(run, t),
      ids: outputs[k] ?? new Float32Array(0),
      cell: run.cell,
    })),
  ]
  const figure = {
    ...words,
    rows: rows.map((row) => ({
      label: row.label,
      height,
      draw: (g: Context, columns: Columns, palette: Palette) => drawWords(g, columns, row, truth, wordOf, palette),
    })),
    steps: truth.length,
    shown: whole(truth.length),
  }
  return figureChart(figure, {
    id: words.id,
    title: words.title,
    dense: false,
    csv: () =>
      writeCsv(
        ['time_step', ...rows.map(({ name }) => name)],
        Array.from(truth, (_, at) => [at + 1, ...rows.map(({ ids }) => wordOf(ids[at] ?? Number.NaN))]),
      ),
    arrays: () => Object.fromEntries(rows.map(({ name, ids }) => [name, ndarray([ids.length], Int32Array.from(ids))])),
  })
}

function drawWords(
  g: Context,
  columns: Columns,
  { ids, cell }: Row,
  truth: Float32Array,
  wordOf: (id: number) => string,
  palette: Palette,
): void {
  const gap = columns.pixels >= 6 ? 1 : 0
  for (let column = 0; column < columns.count; column += 1) {
    const [from, to] = stepsIn(columns, column)
    const x = column * columns.pixels
    const width = columns.pixels - gap
    const isOther = ids.subarray(from, to).some((id, k) => id !== truth[from + k])
    g.fillStyle = palette.line
    g.fillRect(x, 0, width, height)
    if (cell && isOther) {
      g.globalAlpha = 0.3
      g.fillStyle = palette.cell(cell)
      g.fillRect(x, 0, width, height)
      g.globalAlpha = 1
      rule(g, [x, height - 1.5], [x + width, height - 1.5], { colour: palette.cell(cell), width: 3 })
    }
    if (columns.per > 1 || columns.pixels < wordsFrom) continue
    const style = { colour: palette.ink, size: columns.pixels < 14 ? 9 : 11, align: 'center' } as const
    g.font = `${style.size}px ${palette.font}`
    text(g, palette, shortened(g, wordOf(ids[from] ?? Number.NaN), width), [x + width / 2, 17], style)
  }
}
