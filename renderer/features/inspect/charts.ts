import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { drawAnswer } from '../../viz/answer-line.ts'
import { drawSizes } from '../../viz/bars.ts'
import { drawBand } from '../../viz/cells.ts'
import type { Chart } from '../exports/chart.ts'
import { isVariant, runLabel } from '../training/labels.ts'
import { answerAxis } from './answer.ts'
import { gateHistoryCharts, histogramCharts } from './distribution-charts.ts'
import type { Inspection } from './inspection.svelte.ts'
import { pathCharts, staffCharts } from './run-charts.ts'
import { distanceOf } from './run-signals.ts'
import { sensitivitiesOf } from './sensitivity.ts'
import { type TimeChart, timeCharts } from './time-chart.ts'

/** What the inspector shows of an example, as charts that can be taken home. */
export function inspectCharts(inspection: Inspection, t: Messages): readonly Chart[] {
  if (!inspection.example) return []
  const { runs, answers, batch, gateHistory } = inspection
  const overTime = [
    spineChart(inspection, t),
    ...answersChart(inspection, t),
    ...sensitivityChart(inspection, t),
    ...differenceChart(inspection, t),
    ...runs.flatMap((run) => [...staffCharts(inspection, run, t), ...pathCharts(inspection, run, t)]),
  ]
  return [
    ...overTime.map(timeCharts(inspection, t)),
    ...answers.flatMap((run) => [
      ...histogramCharts(run, batch?.count ?? 0, t),
      ...gateHistoryCharts(gateHistory, run, t),
    ]),
  ]
}

/** The gradient of every run and state at every step. */
function spineChart({ bands, relative, scale }: Inspection, t: Messages): TimeChart {
  const symbols = { hidden: '∂L/∂h', cell: '∂L/∂c', product: '∏' }
  return {
    id: 'spine',
    title: t.inspect.spine,
    caption: relative ? t.inspect.spineRelative : t.inspect.spineRaw,
    rows: bands.map((band) => ({
      label: [runLabel(band.run, t), symbols[band.kind], band.symbol].filter(Boolean).join(' '),
      height: 24,
      draw: (g, columns, palette) => drawBand(g, columns, 24, band.norms, scale, palette),
    })),
    scale,
    lines: bands.map((band) => ({ name: `${band.run.name}.${band.kind}`, values: band.norms })),
  }
}

/** What every run would answer at every step, and would with the change; all classes in the arrays. */
function answersChart(inspection: Inspection, t: Messages): TimeChart[] {
  const { answerLines, original, originals, answers, changed, session } = inspection
  if (!answerLines || !original) return []
  const { what, high, low } = answerAxis(answerLines, session.experiment, original.target, t)
  const drawn = originals.flatMap(({ run, index }) => {
    const line = answerLines.lines[index]
    return line ? [{ run, line }] : []
  })
  const suffix = '.what_if'
  const arraysOf = (signals: typeof originals, end: string) =>
    signals.flatMap(({ run, answers: array }) =>
      array ? [[`${run.name}.answers${end}`, ndarray(array.shape, Float32Array.from(array.data))] as const] : [],
    )
  return [
    {
      id: 'answers',
      title: t.score.answersOver,
      caption: `${t.score.answersCaption(what)} ${answerLines.atEachStep ? t.score.answersAtEach : t.score.readEarly}`,
      rows: drawn.map(({ run, line }) => ({
        label: runLabel(run, t),
        ends: [high, low],
        height: 56,
        draw: (g, columns, palette) =>
          drawAnswer(
            g,
            columns,
            56,
            {
              ...answerLines,
              values: line.original,
              changed: line.changed,
              cell: run.cell,
              open: isVariant(run),
              cursor: -1,
            },
            palette,
          ),
      })),
      lines: drawn.flatMap(({ run, line }) => [
        { name: `${run.name}.answer`, values: line.original },
        ...(line.changed ? [{ name: `${run.name}.answer${suffix}`, values: line.changed }] : []),
      ]),
      arrays: () => Object.fromEntries([...arraysOf(originals, ''), ...(changed ? arraysOf(answers, suffix) : [])]),
    },
  ]
}

/** How strongly every run's answer leans on each input. */
function sensitivityChart({ answers, batch }: Inspection, t: Messages): TimeChart[] {
  const { rows, scale } = sensitivitiesOf(answers)
  if (batch || !rows.length) return []
  return [
    {
      id: 'sensitivity',
      title: t.score.sensitivity,
      caption: t.score.sensitivityNote,
      rows: rows.map(({ entry, values }) => ({
        label: `${runLabel(entry.run, t)} ∂y/∂x`,
        height: 24,
        draw: (g, columns, palette) => drawBand(g, columns, 24, values, scale, palette),
      })),
      scale,
      lines: rows.map(({ entry, values }) => ({ name: `${entry.run.name}.sensitivity`, values })),
    },
  ]
}

/** How far the change moves every run's state. */
function differenceChart({ answers, originals, changed, batch }: Inspection, t: Messages): TimeChart[] {
  if (batch || !changed) return []
  const rows = answers.flatMap((run) => {
    const original = originals.find(({ index }) => index === run.index)
    return original ? [{ run, values: distanceOf(run, original) }] : []
  })
  return [
    {
      id: 'difference',
      title: t.score.differenceOfStates,
      caption: t.score.differenceCaption,
      rows: rows.map(({ run, values }) => ({
        label: `${runLabel(run.run, t)} ‖Δ${run.hasCell ? 'c' : 'h'}‖`,
        height: 40,
        draw: (g, columns, palette) => drawSizes(g, columns, 40, values, palette.cell(run.run.cell), palette),
      })),
      lines: rows.map(({ run, values }) => ({ name: `${run.run.name}.difference`, values })),
    },
  ]
}
