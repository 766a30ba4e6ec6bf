import { ndarray } from '../../../shared/ndarray.ts'
import type { Messages } from '../../i18n/en.ts'
import { thousands } from '../../viz/numbers.ts'
import type { Session } from '../training/session.svelte.ts'
import { type CurveKind, curveView } from '../training/views.ts'
import type { Chart } from './chart.ts'
import { flowCsv, historyCsv, horizonCsv, profileCsv } from './csv.ts'
import { drawCurveFigure } from './curve-figure.ts'
import { drawCaption, drawFlowFigure, drawProfileFigure, figureSize } from './figures.ts'

type Words = Pick<Chart, 'id' | 'title' | 'note' | 'caption' | 'dense' | 'draw'>

/** A figure of the usual size with its caption below. */
export const standalone = (chart: Words & Pick<Chart, 'csv' | 'arrays'>): Chart => ({
  ...chart,
  width: figureSize.width,
  height: figureSize.height + figureSize.caption,
  draw: (g, palette) => {
    drawCaption(g, palette, chart.caption)
    chart.draw(g, palette)
  },
})

/** step [N], hidden [N, T] and cell [N, T] of every run. */
function flowArrays({ runs, telemetry }: Session): ReturnType<Chart['arrays']> {
  return Object.fromEntries(
    runs.flatMap((run, k) => {
      const track = telemetry.tracks[k]
      if (!track) return []
      const { step, hidden, cell, length } = track
      const rows = (values: Float32Array) => ndarray([step.length, length], Float32Array.from(values))
      return [
        [`${run.name}.step`, ndarray([step.length], Int32Array.from(step.values))],
        [`${run.name}.hidden`, rows(hidden.values.values)],
        ...(cell ? [[`${run.name}.cell`, rows(cell.values.values)] as const] : []),
      ]
    }),
  )
}

/** flow(t) of every run and state at the training step shown. */
function profileArrays({ runs, telemetry, shownStep }: Session): ReturnType<Chart['arrays']> {
  return Object.fromEntries(
    runs.flatMap((run, k) => {
      const track = telemetry.tracks[k]
      const row = track?.rowAt(shownStep) ?? -1
      if (!track || row < 0) return []
      const states = track.cell
        ? ([
            ['hidden', false],
            ['cell', true],
          ] as const)
        : ([['hidden', false]] as const)
      return states.map(([state, carried]) => [
        `${run.name}.${state}`,
        ndarray([track.length], Float32Array.from(track.row(carried, row))),
      ])
    }),
  )
}

/** Columns of the whole history of every run. */
function historyArrays({ runs, telemetry }: Session, kind: 'loss' | 'metric'): ReturnType<Chart['arrays']> {
  return Object.fromEntries(
    runs.flatMap((run, k) => {
      const parts = telemetry.tracks[k]?.history ?? []
      const column = (of: (part: (typeof parts)[number]) => ArrayLike<number>) =>
        Float32Array.from(parts.flatMap((part) => Array.from(of(part))))
      const steps = Int32Array.from(parts.flatMap((part) => Array.from(part.step)))
      const [batch, validation] =
        kind === 'loss'
          ? [column((part) => part.loss), column((part) => part.validationLoss)]
          : [column((part) => part.metric), column((part) => part.validationMetric)]
      return [
        [`${run.name}.step`, ndarray([steps.length], steps)],
        [`${run.name}.${kind}`, ndarray([batch.length], batch)],
        [`${run.name}.validation_${kind}`, ndarray([validation.length], validation)],
      ]
    }),
  )
}

/** step [N] and memory horizons [N] of every run and state. */
function horizonArrays({ runs, telemetry }: Session): ReturnType<Chart['arrays']> {
  return Object.fromEntries(
    runs.flatMap((run, k) => {
      const track = telemetry.tracks[k]
      if (!track) return []
      const { step, hidden, cell } = track
      const horizons = (values: Float32Array) => ndarray([step.length], Float32Array.from(values))
      return [
        [`${run.name}.step`, ndarray([step.length], Int32Array.from(step.values))] as const,
        [`${run.name}.horizon.hidden`, horizons(hidden.horizons.values)] as const,
        ...(cell ? [[`${run.name}.horizon.cell`, horizons(cell.horizons.values)] as const] : []),
      ]
    }),
  )
}

/** What an experiment's training can be taken home as. */
export function trainingCharts(session: Session, t: Messages): readonly Chart[] {
  const { experiment, telemetry, carried, total, step: done } = session
  const { tracks } = telemetry
  const metric = experiment.facts.metric.id
  const curve = (kind: CurveKind, title: string, note: string, data: Pick<Chart, 'csv' | 'arrays'>): Chart =>
    standalone({
      ...data,
      id: kind,
      title,
      note,
      caption: t.exports.caption[kind],
      dense: false,
      draw: (g, palette) =>
        drawCurveFigure(
          g,
          curveView(kind, { experiment, tracks, carried, total, done }, t),
          title,
          t.exports.trainingStep,
          palette,
        ),
    })
  const history = (kind: 'loss' | 'metric') => ({
    csv: () => historyCsv(experiment, tracks, kind),
    arrays: () => historyArrays(session, kind),
  })
  return [
    standalone({
      id: 'flow',
      title: t.exports.flow,
      note: t.exports.flowNote,
      caption: t.exports.caption.flow,
      dense: true,
      draw: (g, palette) => drawFlowFigure(g, { session, palette, t }),
      csv: () => flowCsv(experiment, tracks),
      arrays: () => flowArrays(session),
    }),
    curve('loss', t.exports.loss, t.exports.lossNote, history('loss')),
    curve('metric', t.metrics[metric] ?? metric, t.exports.metricNote, history('metric')),
    curve('horizon', t.train.horizonCurve, t.exports.metricNote, {
      csv: () => horizonCsv(experiment, tracks),
      arrays: () => horizonArrays(session),
    }),
    standalone({
      id: 'profile',
      title: t.exports.profile,
      note: t.exports.profileNote(thousands(session.shownStep)),
      caption: t.exports.caption.profile,
      dense: false,
      draw: (g, palette) => drawProfileFigure(g, { session, palette, t }),
      csv: () => profileCsv(experiment, tracks, session.shownStep),
      arrays: () => profileArrays(session),
    }),
  ]
}
