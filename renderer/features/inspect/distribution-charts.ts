import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { drawBars } from '../../viz/bars.ts'
import { drawUnits, rowLayout } from '../../viz/cells.ts'
import { thousands } from '../../viz/numbers.ts'
import { whole } from '../../viz/stretch.ts'
import { gateTable } from '../../viz/tables.ts'
import type { Chart } from '../exports/chart.ts'
import { number, writeCsv } from '../exports/table.ts'
import { runLabel } from '../training/labels.ts'
import { type GateHistory, type GateShares, gateBins, gatePicture } from './gate-history.svelte.ts'
import { histogramsOf } from './histograms.ts'
import type { RunSignals } from './run-signals.ts'
import { figureChart } from './time-chart.ts'

const edge = (bin: number, low: number) => String(Number((low + ((1 - low) * bin) / gateBins).toFixed(3)))

/** Over a batch, how the values of each gate and state of a run are distributed. */
export function histogramCharts(run: RunSignals, examples: number, t: Messages): Chart[] {
  const parts = histogramsOf(run, t)
  if (!parts.length) return []
  const title = `${runLabel(run.run, t)}, ${t.score.histograms}`
  const height = 48
  const rows = parts.flatMap(({ name, low, shares }) =>
    [...shares].map((value, k) => [name, edge(k, low), edge(k + 1, low), number(value)]),
  )
  return [
    figureChart(
      {
        title: `${title}, ${t.answers.binExamples(thousands(examples))}`,
        caption: t.score.histogramCaption,
        rows: parts.map(({ symbol, text, shares }) => ({
          label: `${symbol} ${text}`,
          height,
          draw: (g, columns, palette) => drawBars(g, columns, height, shares, palette.cell(run.run.cell), palette),
        })),
        steps: gateBins,
        shown: whole(gateBins),
        ruler: (bin) => (bin === 0 ? t.score.least : bin === gateBins - 1 ? '1' : ''),
      },
      {
        id: `${run.run.name}-histograms`,
        title,
        dense: false,
        csv: () => writeCsv(['of', 'from', 'to', 'share'], rows),
        arrays: () =>
          Object.fromEntries(
            parts.map(({ name, shares }) => [
              `${run.run.name}.histogram.${name}`,
              ndarray([shares.length], Float32Array.from(shares)),
            ]),
          ),
      },
    ),
  ]
}

/** How the values of a run's gates were distributed over training. */
export function gateHistoryCharts(history: GateHistory, run: RunSignals, t: Messages): Chart[] {
  const gates = history.gates(run, t)
  const steps = history.steps(run)
  if (!gates.length) return []
  const title = `${runLabel(run.run, t)}, ${t.score.gatesOverTraining}`
  const layout = rowLayout(gateBins, 3, -1)
  const bins = Array.from({ length: gateBins }, (_, k) => `${edge(k, 0)}-${edge(k + 1, 0)}`)
  const line = ({ name, shares }: GateShares, k: number) => [
    name,
    steps[k],
    ...Array.from(shares.subarray(k * gateBins, (k + 1) * gateBins), number),
  ]
  return [
    figureChart(
      {
        title,
        caption: t.score.gateHistoryCaption,
        rows: gates.map((gate) => ({
          label: `${gate.symbol} ${gate.text}`,
          height: layout.total,
          draw: (g, columns, palette) =>
            drawUnits(g, columns, layout, { ...gatePicture(gate), table: gateTable(palette) }, palette, -1, -1),
        })),
        steps: steps.length,
        shown: whole(steps.length),
        ruler: (column) => thousands(steps[column] ?? Number.NaN),
      },
      {
        id: `${run.run.name}-gate-history`,
        title,
        dense: true,
        csv: () =>
          writeCsv(
            ['of', 'training_step', ...bins],
            gates.flatMap((gate) => Array.from(steps, (_, k) => line(gate, k))),
          ),
        arrays: () => ({
          [`${run.run.name}.step`]: ndarray([steps.length], Int32Array.from(steps)),
          ...Object.fromEntries(
            gates.map(({ name, shares }) => [
              `${run.run.name}.histogram.${name}`,
              ndarray([steps.length, gateBins], Float32Array.from(shares)),
            ]),
          ),
        }),
      },
    ),
  ]
}
