import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { TaskSource } from '../protocol.ts'
import { randomStream } from '../random.ts'
import { inputsOf } from './inputs.ts'
import { forEachSplit, scoredExamples, type Task } from './task.ts'

/**
 * Forecast: from `window` rows of every numeric column the network answers with the target column
 * `horizon` rows after the window. Rows are split by time, 70 % / 15 % / 15 %; a held-out window may
 * look back over the border, its target may not. Columns are normalised to mean 0 and deviation 1 of
 * the training rows.
 */
export const csv: Task<{ id: 'csv'; file: string; target: string; window: number; horizon: number }> = {
  id: 'csv',
  needs: 'table',
  schema: v.strictObject({
    id: v.literal('csv'),
    file: v.pipe(v.string(), v.minLength(1)),
    target: v.pipe(v.string(), v.minLength(1)),
    window: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)), 24),
    horizon: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)), 1),
  }),

  create({ target, window, horizon }, source, seed) {
    if (source?.kind !== 'table') throw new TypeError('the csv task needs a table')
    const { columns } = source
    const targetIndex = columns.findIndex((column) => column.name === target)
    if (targetIndex < 0) throw missingColumn(target, source)
    const rows = columns[0]?.values.length ?? 0
    const reach = window + horizon - 1
    const borders = {
      train: [reach, 0.7 * rows],
      validation: [0.7 * rows, 0.85 * rows],
      test: [0.85 * rows, rows],
    } as const
    /** Rows that are targets in a part. */
    const targetRows = (part: Split | 'train'): [number, number] => {
      const [from, to] = borders[part]
      return [Math.max(reach, Math.floor(from)), Math.floor(to)]
    }
    const parts = ['train', 'validation', 'test'] as const
    if (parts.some((part) => targetRows(part)[1] <= targetRows(part)[0])) {
      const needed = Math.max(4, Math.ceil((reach + 1) / 0.7))
      throw new LabError(
        'csv-too-short',
        `The table has ${rows} rows; a window of ${window} with a horizon of ${horizon} needs at least ${needed}.`,
        'Use more rows or a smaller window (task.window).',
        { rows, window, horizon, needed, field: 'task.window' },
      )
    }
    const scales = columns.map(({ values }) => meanAndDeviation(values.subarray(0, targetRows('train')[1])))
    const [mean, std] = scales[targetIndex] as [number, number]
    const normal = columns.map(({ values }, d) => {
      const [m, s] = scales[d] as [number, number]
      return Float32Array.from(values, (value) => (value - m) / s)
    })
    const series = normal[targetIndex] as Float32Array

    const windows = (targetsAt: readonly number[]): Batch => {
      const inputs = new Float32Array(targetsAt.length * window * columns.length)
      let k = 0
      for (const row of targetsAt) {
        for (let t = row - reach; t < row - reach + window; t++)
          for (const column of normal) inputs[k++] = column[t] as number
      }
      const targets = Float32Array.from(targetsAt, (row) => series[row] as number)
      return {
        inputs: ndarray([targetsAt.length, window, columns.length], inputs),
        targets: ndarray([targetsAt.length, 1], targets),
      }
    }
    const rowsOf = (split: Split, limit: number): number[] => {
      const [from, to] = targetRows(split)
      return Array.from({ length: Math.min(limit, to - from) }, (_, k) => from + k)
    }
    const inUnits = (values: Floats): Floats =>
      ndarray(
        values.shape,
        values.data.map((value) => restored(value, [mean, std])),
      )
    const meanError = (output: Floats, { targets }: Pick<Batch, 'targets'>) =>
      (output.data.reduce((sum, answer, k) => sum + Math.abs(answer - (targets.data[k] as number)), 0) /
        output.data.length) *
      std
    /** Scores a rule on the rows of a split that the networks are scored on. */
    const score = (split: Split, id: string, rule: (row: number) => number) => {
      const scored = rowsOf(split, Math.min(scoredExamples[split], heldOutLimit))
      const answers = ndarray([scored.length, 1], Float32Array.from(scored, rule))
      const { targets } = windows(scored)
      const loss =
        answers.data.reduce((sum, answer, k) => sum + (answer - (targets.data[k] as number)) ** 2, 0) / scored.length
      return { id, loss, metric: meanError(answers, { targets }) }
    }
    const lastSeen = (row: number) => series[row - horizon] as number
    return {
      facts: {
        length: window,
        inputs: { kind: 'values', names: columns.map((column) => column.name) },
        outputs: 'forecast',
        target,
        metric: { id: 'mean-absolute-error', better: 'lower' },
        loss: 'mse',
        baselines: forEachSplit((split) => [score(split, 'mean', () => 0), score(split, 'persistence', lastSeen)]),
        heldOut: rowsOf('test', heldOutLimit).length,
      },
      interface: {
        inputSize: columns.length,
        outputSize: 1,
        head: 'last',
        loss: 'mse',
        normalization: {
          inputs: { mean: scales.map(([m]) => m), std: scales.map(([, s]) => s) },
          targets: { mean: [mean], std: [std] },
        },
      },
      trainBatch: (step, size) => {
        const random = randomStream(seed, 'csv train', step)
        const [from, to] = targetRows('train')
        return windows(Array.from({ length: size }, () => from + random.integer(to - from)))
      },
      heldOut: (split, limit) => windows(rowsOf(split, Math.min(limit, heldOutLimit))),
      metric: meanError,
      present: {
        inputs: (batch, k) => {
          const { shape, data } = inputsOf(batch, k)
          return ndarray(
            shape,
            data.map((value, at) => restored(value, scales[at % columns.length] as [number, number])),
          )
        },
        targets: (targets) => inUnits(targets as Floats),
        outputs: inUnits,
        baselines: (split, limit) => {
          const at = rowsOf(split, Math.min(limit, heldOutLimit))
          return { persistence: inUnits(ndarray([at.length, 1], Float32Array.from(at, lastSeen))) }
        },
      },
    }
  },
}

const heldOutLimit = 1000

/** A column that never changes has deviation 0 and is only centred. */
function meanAndDeviation(values: Float64Array): [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return [mean, Math.sqrt(variance) || 1]
}

/**
 * A normalised value in its column's unit. It was rounded to float32, so of a column of size 1 all but
 * the first six decimals are noise: a 0 must not come back as 6e-8.
 */
function restored(value: number, [mean, std]: readonly [number, number]): number {
  const grain = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(mean), std))) - 6)
  const whole = value * std + mean
  return Number.isFinite(whole) ? Number((Math.round(whole / grain) * grain).toPrecision(9)) : whole
}

function missingColumn(target: string, source: TaskSource & { kind: 'table' }): LabError {
  const columns = source.columns.map((column) => column.name).join(', ')
  return new LabError(
    'csv-no-column',
    `There is no numeric column "${target}".`,
    `Set task.target to one of: ${columns}.`,
    { field: 'task.target', value: target, columns },
  )
}
