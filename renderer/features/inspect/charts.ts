import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { drawBand, drawUnits, rowLayout } from '../../viz/cells.ts'
import type { Palette } from '../../viz/colour.ts'
import { decadesAround, drawFactors } from '../../viz/log-line.ts'
import { drawShares } from '../../viz/shares.ts'
import { gateTable, gradientTable, signedTable } from '../../viz/tables.ts'
import type { Chart } from '../exports/chart.ts'
import { runLabel } from '../training/labels.ts'
import { drawTimeFigure, type FigureRow, figureHeight, figureWidth, type TimeFigure } from './figure.ts'
import type { Inspection } from './inspection.svelte.ts'
import { pathsOf, sharesOver } from './paths.ts'
import type { RunSignals } from './run-signals.ts'
import { largestOf } from './signals.ts'
import { gradientStaves, type Stave, stavesOf } from './staves.ts'
import { readable } from './tokens.ts'

/** A named row of numbers, one for each time step. */
interface Line {
  readonly name: string
  readonly values: ArrayLike<number>
}

const number = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value))

/** One line a time step, a column for each name. */
function csvOf(lines: readonly Line[], tokens: readonly string[] | undefined): string {
  const length = Math.max(0, ...lines.map(({ values }) => values.length))
  const quoted = (token: string) => `"${token.replaceAll('"', '""')}"`
  const rows = Array.from({ length }, (_, t) =>
    [
      t + 1,
      ...(tokens ? [quoted(tokens[t] ?? '')] : []),
      ...lines.map(({ values }) => number(values[t] ?? Number.NaN)),
    ].join(','),
  )
  return `${['time_step', ...(tokens ? ['token'] : []), ...lines.map(({ name }) => name)].join(',')}\n${rows.join('\n')}\n`
}

const arraysOf = (lines: readonly Line[]) =>
  Object.fromEntries(lines.map(({ name, values }) => [name, ndarray([values.length], Float32Array.from(values))]))

/** What the inspector shows of an example, as charts that can be taken home. */
export function inspectCharts(inspection: Inspection, t: Messages): readonly Chart[] {
  const { example, axis, runs, bands } = inspection
  if (!example) return []
  const { batch } = inspection
  const tokens = batch ? undefined : example.tokens?.map(readable)
  const where = batch ? t.score.figureOfBatch(batch.count) : t.score.figureOf(String(example.index + 1))
  const make = (
    id: string,
    title: string,
    caption: string,
    rows: readonly FigureRow[],
    dense: boolean,
    data: Pick<Chart, 'csv' | 'arrays'>,
  ): Chart => {
    const figure: TimeFigure = {
      title: `${title}, ${where}`,
      caption,
      rows,
      steps: inspection.length,
      shown: axis.shown,
      ...(tokens && { tokens }),
    }
    return {
      id,
      title,
      note: '',
      caption,
      dense,
      width: figureWidth,
      height: figureHeight(figure),
      draw: (g, palette) => drawTimeFigure(g, figure, palette),
      ...data,
    }
  }
  const ofLines = (lines: readonly Line[]) => ({
    csv: () => csvOf(lines, tokens),
    arrays: () => arraysOf(lines),
  })

  const spineLines = bands.map((band) => ({ name: `${band.run.name}.${band.kind}`, values: band.norms }))
  const bandName = (k: number) => {
    const band = bands[k]
    const symbol = band?.kind === 'hidden' ? '∂L/∂h' : band?.kind === 'cell' ? '∂L/∂c' : `∏ ${band?.symbol}`
    return band ? `${runLabel(band.run, t)} ${symbol}` : ''
  }
  const spine = make(
    'spine',
    t.inspect.spine,
    inspection.relative ? t.inspect.spineRelative : t.inspect.spineRaw,
    bands.map((band, k) => ({
      label: bandName(k),
      height: 24,
      draw: (g, columns, palette) => drawBand(g, columns, 24, band.norms, inspection.scale, palette),
    })),
    false,
    ofLines(spineLines),
  )
  return [
    spine,
    ...runs.flatMap((run) => [...staffCharts(inspection, run, t, make), ...pathCharts(run, t, make, ofLines)]),
  ]
}

type Make = (
  id: string,
  title: string,
  caption: string,
  rows: readonly FigureRow[],
  dense: boolean,
  data: Pick<Chart, 'csv' | 'arrays'>,
) => Chart

/** Units x time of every signal and gradient of a run. */
function staffCharts(inspection: Inspection, run: RunSignals, t: Messages, make: Make): Chart[] {
  const units = inspection.unitsOf(run)
  const tableOf = ({ scale, name, signal }: Stave, palette: Palette) => {
    if (scale === 'gate') return gateTable(palette)
    if (scale === 'gradient') return gradientTable(inspection.unitScale, palette)
    return signedTable(name === 'cell' ? Math.max(1, Math.ceil(largestOf(signal))) : 1, palette)
  }
  return [...stavesOf(run, t), ...gradientStaves(run, t)].map((stave) => {
    const { signal } = stave
    const layout = rowLayout(units.length, units.length > 128 ? 2 : 8, -1)
    const lines = units.map((unit) => ({
      name: `unit_${unit + 1}`,
      values: Array.from({ length: signal.steps }, (_, at) => signal.at(at, unit)),
    }))
    const array: Floats = ndarray([signal.steps, signal.units], Float32Array.from(signal.data))
    const title = `${runLabel(run.run, t)}, ${stave.symbol} ${stave.text}`
    return make(
      `${run.run.name}-${stave.name.replaceAll('.', '-')}`,
      title,
      t.score.unitsCaption(units.map((unit) => unit + 1).join(', ')),
      [
        {
          label: `${stave.symbol}`,
          height: layout.total,
          draw: (g, columns, palette) =>
            drawUnits(
              g,
              columns,
              layout,
              { matrix: signal, rows: units, rule: stave.scale, table: tableOf(stave, palette) },
              palette,
              -1,
              -1,
            ),
        },
      ],
      true,
      {
        csv: () => csvOf(lines, inspection.batch ? undefined : inspection.example?.tokens),
        arrays: () => ({ [`${run.run.name}.${stave.name}`]: array }),
      },
    )
  })
}

/** The conveyor belt's shares and the stretch of every step. */
function pathCharts(
  run: RunSignals,
  t: Messages,
  make: Make,
  ofLines: (lines: readonly Line[]) => Pick<Chart, 'csv' | 'arrays'>,
): Chart[] {
  const paths = pathsOf(run)
  const jacobian = run.values('jacobian')
  const name = runLabel(run.run, t)
  const height = 60
  return [
    ...(paths
      ? [
          make(
            `${run.run.name}-paths`,
            `${name}, ${run.hasCell ? t.score.belt : t.score.beltOfState}`,
            t.score.beltNote,
            [
              {
                label: paths.map(({ id }) => t.score.paths[id]).join(' / '),
                height,
                draw: (g, columns, palette) =>
                  drawShares(
                    g,
                    columns,
                    height,
                    (from, to) => sharesOver(paths, from, to),
                    palette.cell(run.run.cell),
                    palette,
                  ),
              },
            ],
            false,
            ofLines(paths.map(({ id, sizes }) => ({ name: id, values: sizes }))),
          ),
        ]
      : []),
    ...(jacobian && jacobian.length > 1
      ? [
          make(
            `${run.run.name}-jacobian`,
            `${name}, ${t.score.measures.jacobian}`,
            t.score.jacobianNote,
            [
              {
                label: t.score.jacobian,
                height,
                draw: (g, columns, palette) =>
                  drawFactors(g, columns, height, jacobian, decadesAround(jacobian), run.run.cell, -1, palette),
              },
            ],
            false,
            ofLines([{ name: 'jacobian', values: jacobian }]),
          ),
        ]
      : []),
  ]
}
