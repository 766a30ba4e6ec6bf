import type { Experiment } from '../../../shared/contract.ts'
import type { Track } from '../training/track.ts'
import { number, writeCsv } from './table.ts'

/** Empty where nothing was measured, or no example has such a time step. */
const measured = (value: number): string => (Number.isNaN(value) ? '' : number(value))

const statesOf = (track: Track) =>
  track.cell
    ? ([['h', track.hidden] as const, ['c', track.cell] as const] as const)
    : ([['h', track.hidden] as const] as const)

/** Every flow row of every run: one line for each training step, time step and state. */
export function flowCsv({ runs }: Experiment, tracks: readonly Track[]): string {
  const rows: string[][] = []
  runs.forEach((run, k) => {
    const track = tracks[k]
    if (!track) return
    for (const [state, flow] of statesOf(track)) {
      const values = flow.values.values
      track.step.values.forEach((step, row) => {
        for (let t = 0; t < track.length; t += 1) {
          rows.push([run.name, state, String(step), String(t + 1), measured(values[row * track.length + t] as number)])
        }
      })
    }
  })
  return writeCsv(['run', 'state', 'training_step', 'time_step', 'gradient_norm'], rows)
}

/** The memory horizon of every flow row of every run and state; empty where it is undefined. */
export function horizonCsv({ runs }: Experiment, tracks: readonly Track[]): string {
  const rows = runs.flatMap((run, k) => {
    const track = tracks[k]
    if (!track) return []
    return statesOf(track).flatMap(([state, flow]) =>
      Array.from(track.step.values, (step, row) => [
        run.name,
        state,
        step,
        measured(flow.horizons.values[row] as number),
      ]),
    )
  })
  return writeCsv(['run', 'state', 'training_step', 'memory_horizon'], rows)
}

/** Every training step of every run; `kind` picks loss or the task's metric, on the batch and on validation examples. */
export function historyCsv({ runs }: Experiment, tracks: readonly Track[], kind: 'loss' | 'metric'): string {
  const rows: string[][] = []
  runs.forEach((run, k) => {
    for (const part of tracks[k]?.history ?? []) {
      const [batch, validation] =
        kind === 'loss' ? [part.loss, part.validationLoss] : [part.metric, part.validationMetric]
      part.step.forEach((step, row) => {
        rows.push([run.name, String(step), measured(batch[row] as number), measured(validation[row] as number)])
      })
    }
  })
  return writeCsv(['run', 'training_step', kind, `validation_${kind}`], rows)
}

/** flow(t) of every run and state at one training step: a line for each time step. */
export function profileCsv({ runs }: Experiment, tracks: readonly Track[], step: number): string {
  const columns = runs.flatMap((run, k) => {
    const track = tracks[k]
    const row = track?.rowAt(step) ?? -1
    if (!track || row < 0) return []
    return statesOf(track).map(([state, flow]) => ({
      name: `${run.name}_${state}`,
      values: flow.values.values.subarray(row * track.length, (row + 1) * track.length),
    }))
  })
  const length = Math.max(0, ...columns.map((column) => column.values.length))
  const rows = Array.from({ length }, (_, t) => [
    t + 1,
    ...columns.map((column) => measured(column.values[t] ?? Number.NaN)),
  ])
  return writeCsv(['time_step', ...columns.map((column) => column.name)], rows)
}
