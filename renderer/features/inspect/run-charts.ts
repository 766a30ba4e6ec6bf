import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { drawUnits, rowLayout } from '../../viz/cells.ts'
import type { Palette } from '../../viz/colour.ts'
import { decadesAround, drawFactors } from '../../viz/log-line.ts'
import { measure } from '../../viz/numbers.ts'
import { drawShares } from '../../viz/shares.ts'
import { gateTable, gradientTable, signedTable } from '../../viz/tables.ts'
import { runLabel } from '../training/labels.ts'
import type { Inspection } from './inspection.svelte.ts'
import { pathsOf, sharesOver } from './paths.ts'
import type { RunSignals } from './run-signals.ts'
import { gradientStaves, type Stave, stavesOf } from './staves.ts'
import type { TimeChart } from './time-chart.ts'

/** What a chart of a run is filed under and called; where an example is changed, it says of which of the two it is. */
function named({ drawn }: Inspection, { run }: RunSignals, what: string, words: string, t: Messages) {
  const [suffix, of] = {
    original: ['', ''],
    changed: ['.what_if', `, ${t.score.changed}`],
    difference: ['.difference', `, ${t.score.differenceShort}`],
  }[drawn] as [string, string]
  const name = `${what}${suffix}`
  return {
    id: `${run.name}-${name.replaceAll(/[._]/g, '-')}`,
    title: `${runLabel(run, t)}, ${words}${of}`,
    array: `${run.name}.${name}`,
  }
}

/** Units x time of every signal and gradient of a run. */
export function staffCharts(inspection: Inspection, run: RunSignals, t: Messages): TimeChart[] {
  const units = inspection.unitsOf(run)
  const tableOf = ({ scale, limit }: Stave, palette: Palette) => {
    if (scale === 'gate') return gateTable(palette)
    if (scale === 'gradient') return gradientTable(inspection.unitScale, palette)
    return signedTable(limit, palette)
  }
  return [...stavesOf(run, t), ...gradientStaves(run, t)].map((stave) => {
    const { signal } = stave
    const { array, ...name } = named(inspection, run, stave.name, `${stave.symbol} ${stave.text}`, t)
    const layout = rowLayout(units.length, units.length > 128 ? 2 : 8, -1)
    return {
      ...name,
      caption: t.score.unitsCaption(units.map((unit) => unit + 1).join(', ')),
      dense: true,
      ...(stave.scale === 'gradient' && { scale: inspection.unitScale }),
      rows: [
        {
          label: stave.scale === 'signed' ? `${stave.symbol} ±${measure(stave.limit)}` : stave.symbol,
          height: layout.total,
          draw: (g, columns, palette) => {
            const drawn = { matrix: signal, rows: units, rule: stave.scale, table: tableOf(stave, palette) }
            drawUnits(g, columns, layout, drawn, palette, -1, -1)
          },
        },
      ],
      lines: units.map((unit) => ({
        name: `unit_${unit + 1}`,
        values: Array.from({ length: signal.steps }, (_, at) => signal.at(at, unit)),
      })),
      arrays: () => ({
        [array]: ndarray([signal.steps, signal.units], Float32Array.from(signal.data)),
      }),
    }
  })
}

/** The conveyor belt's shares and the stretch of every step. */
export function pathCharts(inspection: Inspection, run: RunSignals, t: Messages): TimeChart[] {
  if (run.isDifference) return []
  const paths = pathsOf(run)
  const jacobian = run.values('jacobian')
  const height = 60
  const charts: TimeChart[] = []
  if (paths) {
    const { id, title } = named(inspection, run, 'paths', run.hasCell ? t.score.belt : t.score.beltOfState, t)
    charts.push({
      id,
      title,
      caption: t.score.beltNote,
      rows: [
        {
          label: paths.map(({ id }) => t.score.paths[id]).join(' / '),
          height,
          draw: (g, columns, palette) => {
            const shares = (from: number, to: number) => sharesOver(paths, from, to)
            drawShares(g, columns, height, shares, palette.cell(run.run.cell), palette)
          },
        },
      ],
      lines: paths.map(({ id, sizes }) => ({ name: id, values: sizes })),
    })
  }
  if (jacobian && jacobian.length > 1) {
    const { id, title } = named(inspection, run, 'jacobian', t.score.measures.jacobian, t)
    charts.push({
      id,
      title,
      caption: t.score.jacobianNote,
      rows: [
        {
          label: t.score.jacobian,
          height,
          draw: (g, columns, palette) =>
            drawFactors(g, columns, height, jacobian, decadesAround(jacobian), run.run.cell, -1, palette),
        },
      ],
      lines: [{ name: 'jacobian', values: jacobian }],
    })
  }
  return charts
}
