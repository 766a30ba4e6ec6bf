import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { drawIntervals, type Intervals } from '../../viz/intervals.ts'
import { thousands } from '../../viz/numbers.ts'
import { text } from '../../viz/surface.ts'
import type { Chart } from '../exports/chart.ts'
import { standalone } from '../exports/charts.ts'
import { figureSize } from '../exports/figures.ts'
import { number, writeCsv } from '../exports/table.ts'
import { isVariant, runLabel } from '../training/labels.ts'
import { type Accuracy, binName, intervalNote, isBeyond, tagName } from './accuracy.ts'

export function intervalsOf(accuracy: Accuracy, t: Messages, chosen = -1): Intervals {
  const counts = accuracy.runs[0]?.shares ?? []
  return {
    places: accuracy.bins.map((bin, k) => ({
      name: binName(accuracy, bin, t),
      below: thousands(counts[k]?.count ?? 0),
      beyond: isBeyond(accuracy, bin),
    })),
    axis: tagName(accuracy, t),
    beyond: t.answers.beyondTraining,
    level: { value: accuracy.chance, name: t.answers.chance },
    series: accuracy.runs.map(({ run, shares }) => ({
      name: runLabel(run, t),
      cell: run.cell,
      open: isVariant(run),
      points: shares.map(({ right, low, high }) => ({ value: right, low, high })),
    })),
    chosen,
  }
}

/** The numbers of the chart: a line for each run and bin. */
function csvOf({ tag, bins, runs }: Accuracy): string {
  const rows = runs.flatMap(({ run, shares }) =>
    shares.map(({ count, right, low, high }, k) => [
      run.name,
      bins[k]?.from,
      bins[k]?.to,
      count,
      ...[right, low, high].map(number),
    ]),
  )
  return writeCsv(['run', `${tag}_from`, `${tag}_to`, 'examples', 'accuracy', 'low', 'high'], rows)
}

/** The chart's numbers by bin, and the examples that they are counted from. */
function arraysOf({ tag, values, bins, runs }: Accuracy): ReturnType<Chart['arrays']> {
  const whole = (numbers: readonly number[]) => ndarray([numbers.length], Int32Array.from(numbers))
  const floats = (numbers: ArrayLike<number>) => ndarray([numbers.length], Float32Array.from(numbers))
  return {
    [`${tag}.from`]: whole(bins.map(({ from }) => from)),
    [`${tag}.to`]: whole(bins.map(({ to }) => to)),
    [`${tag}.examples`]: whole(runs[0]?.shares.map(({ count }) => count) ?? []),
    [`examples.${tag}`]: ndarray([values.length], Int32Array.from(values)),
    ...Object.fromEntries(
      runs.flatMap(({ run, scores, shares }) => [
        [`${run.name}.accuracy`, floats(shares.map(({ right }) => right))],
        [`${run.name}.low`, floats(shares.map(({ low }) => low))],
        [`${run.name}.high`, floats(shares.map(({ high }) => high))],
        [`examples.${run.name}`, floats(scores)],
      ]),
    ),
  }
}

/** Accuracy by one tag as a figure that can be taken home. */
export function accuracyChart(accuracy: Accuracy, metric: string, t: Messages): Chart {
  const title = t.answers.byTag(metric, tagName(accuracy, t))
  const top = 36
  return standalone({
    id: `by-${accuracy.tag}`,
    title,
    note: '',
    caption: intervalNote(accuracy, t),
    dense: false,
    draw: (g, palette) => {
      g.fillStyle = palette.surface
      g.fillRect(0, 0, figureSize.width, top)
      text(g, palette, title, [16, 24], { colour: palette.ink, size: 14, weight: 600 })
      g.save()
      g.translate(0, top)
      drawIntervals(g, [figureSize.width, figureSize.height - top], intervalsOf(accuracy, t), palette)
      g.restore()
    },
    csv: () => csvOf(accuracy),
    arrays: () => arraysOf(accuracy),
  })
}
