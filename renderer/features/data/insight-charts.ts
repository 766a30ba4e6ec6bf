import type { Insight, TagInsight } from '../../../shared/insight.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { parts } from '../../../shared/sequences.ts'
import type { Messages } from '../../i18n/en.ts'
import { thousands } from '../../viz/numbers.ts'
import { drawHistogramFigure, drawNamedBarsFigure } from '../exports/bar-figure.ts'
import type { Chart } from '../exports/chart.ts'
import { standalone } from '../exports/charts.ts'
import { writeCsv } from '../exports/table.ts'
import { lengthBars } from './bars.ts'
import { tagTitle, tagValue, tagWords } from './tag-text.ts'

/** Bars of a figure, side by side and one below the other. */
const most = { ranges: 60, names: 32 }
const whole = (numbers: readonly number[]) => ndarray([numbers.length], Int32Array.from(numbers))

type Counts = readonly (readonly [value: number, rows: number])[]

/** Rows by a whole number, as bars of equal width; the numbers themselves are taken home. */
function spread(words: Pick<Chart, 'id' | 'title' | 'note'>, axis: string, counts: Counts, t: Messages): Chart {
  return standalone({
    ...words,
    caption: t.data.charts.spreadCaption(axis),
    dense: false,
    draw: (g, palette) =>
      drawHistogramFigure(g, palette, { title: words.title, axis, bars: lengthBars(counts, most.ranges) }),
    csv: () => writeCsv([axis, 'rows'], counts),
    arrays: () => ({
      [`${words.id}.value`]: whole(counts.map(([value]) => value)),
      [`${words.id}.rows`]: whole(counts.map(([, rows]) => rows)),
    }),
  })
}

interface Named {
  readonly name: string
  readonly parts: readonly number[]
}

/** Counts by name, the commonest first; what finds no room in the figure is in its CSV. */
function named(
  words: Pick<Chart, 'id' | 'title' | 'note'>,
  columns: readonly string[],
  all: readonly Named[],
  t: Messages,
  legend?: readonly string[],
): Chart {
  const bars = all.slice(0, most.names)
  return standalone({
    ...words,
    caption: t.data.charts.namedCaption(thousands(bars.length), thousands(all.length)),
    dense: false,
    draw: (g, palette) => drawNamedBarsFigure(g, palette, { title: words.title, bars, ...(legend && { legend }) }),
    csv: () =>
      writeCsv(
        columns,
        all.map(({ name, parts: counts }) => [name, ...counts]),
      ),
    arrays: () =>
      Object.fromEntries(
        columns.slice(1).map((column, k) => [`${words.id}.${column}`, whole(all.map((each) => each.parts[k] ?? 0))]),
      ),
  })
}

function tagChart(tag: TagInsight, t: Messages): Chart {
  const title = tagTitle(tag.name, t)
  const words = { id: `tag-${tag.name}`, title, note: t.data.labelsNote(thousands(tag.distinct)) }
  const texts = tagWords(tag.name, t)?.values
  if (tag.isWhole && tag.distinct > 2 && !texts) {
    return spread(
      words,
      tag.name,
      tag.values.map(([value, rows]) => [Number(value), rows]),
      t,
    )
  }
  const all = tag.values.map(([value, rows]) => ({ name: tagValue(tag.name, value, t), parts: [rows] }))
  return named(words, [tag.name, 'rows'], all, t)
}

/** What a dataset holds, as charts that can be taken home. */
export function insightCharts(insight: Insight, t: Messages): Chart[] {
  const { lengths, labels, tags, tokens, distinct, meanLength } = insight
  const longest = thousands(lengths.at(-1)?.[0] ?? 0)
  const byLength = { id: 'lengths', title: t.data.lengths, note: t.data.lengthsNote(meanLength.toFixed(1), longest) }
  const byLabel = { id: 'answers', title: t.data.labels, note: t.data.labelsNote(thousands(labels.length)) }
  const byToken = { id: 'vocabulary', title: t.data.vocabulary, note: t.data.vocabularyNote(thousands(distinct)) }
  const ofLabels = labels.map(({ label, rows }) => ({ name: label, parts: parts.map((part) => rows[part]) }))
  const ofTokens = tokens.map(([name, count]) => ({ name, parts: [count] }))
  const legend = parts.map((part) => t.data.parts[part])
  return [
    ...(lengths.length ? [spread(byLength, 'steps', lengths, t)] : []),
    ...tags.map((tag) => tagChart(tag, t)),
    ...(labels.length ? [named(byLabel, ['answer', ...parts], ofLabels, t, legend)] : []),
    ...(tokens.length ? [named(byToken, ['token', 'count'], ofTokens, t)] : []),
  ]
}
