import type { Experiment } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import { type CurveLine, type CurveView, curveRange } from '../../ui/curves.ts'
import { fixed, measure } from '../../viz/numbers.ts'
import { isShare, isVariant, runLabel } from './labels.ts'
import type { Track } from './track.ts'

export type CurveKind = 'loss' | 'metric' | 'horizon'

export interface CurveSource {
  readonly experiment: Experiment
  readonly tracks: readonly Track[]
  readonly carried: boolean
  readonly total: number
  readonly done: number
  readonly shown?: number
}

/** Percent for a share, the task's own unit otherwise. */
export const writeMetric = (metric: string, value: number): string =>
  isShare(metric) ? (Number.isFinite(value) ? `${fixed(value * 100, 0)} %` : '—') : measure(value)

/** The curve of one kind over every run, with the baseline it is compared with. */
export function curveView(kind: CurveKind, source: CurveSource, t: Messages): CurveView {
  const { experiment, tracks, carried, total, done, shown } = source
  const lines: CurveLine[] = []
  const each = (strong: boolean, pick: (track: Track) => { x: number; y: number }[]) => {
    experiment.runs.forEach((run, k) => {
      const track = tracks[k]
      if (track)
        lines.push({ points: pick(track), name: runLabel(run, t), cell: run.cell, open: isVariant(run), strong })
    })
  }
  // The curves are of validation examples, so is what they are compared with.
  const guess = experiment.facts.baselines.validation[0]
  const base = { lines, total, done, shown }
  const name = guess ? (t.baselines[guess.id] ?? guess.id) : ''
  if (kind === 'loss') {
    each(false, (track) => track.loss.points)
    each(true, (track) => track.validationLoss.points)
    const [min, max] = curveRange(true, lines, guess ? [guess.loss] : [])
    const baseline = guess && { value: guess.loss, label: `${name}, ${measure(guess.loss)}` }
    return { ...base, log: true, min, max, baseline }
  }
  if (kind === 'metric') {
    const { id } = experiment.facts.metric
    each(true, (track) => track.validationMetric.points)
    const [min, max] = isShare(id) ? [0, 1.06] : curveRange(false, lines, guess ? [guess.metric] : [])
    const baseline = guess && { value: guess.metric, label: `${name}, ${writeMetric(id, guess.metric)}` }
    return {
      ...base,
      log: false,
      min,
      max,
      baseline,
      write: (value) => (isShare(id) ? writeMetric(id, value) : measure(value)),
    }
  }
  each(true, (track) => track.flowTrack(carried).horizonCurve.points)
  return { ...base, log: false, min: 0, max: experiment.facts.length * 1.06, write: (value) => fixed(value, 0) }
}
