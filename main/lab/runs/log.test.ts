import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import { dueRows, RunLog, rowsUpTo } from './log.ts'

const rows: Rows = {
  history: {
    step: Int32Array.of(4, 5, 6, 7),
    loss: Float32Array.of(0.4, 0.5, 0.6, 0.7),
    metric: Float32Array.of(4, 5, 6, 7),
    validationLoss: Float32Array.of(0, 0, 0, 0),
    validationMetric: Float32Array.of(1, 1, 1, 1),
    validated: Int32Array.of(1, 1, 1, 1),
  },
  flow: {
    step: Int32Array.of(4, 6),
    hidden: ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
    cell: ndarray([2, 3], Float32Array.of(7, 8, 9, 10, 11, 12)),
  },
}

test('rows up to a step keep history and flow together', () => {
  const cut = rowsUpTo(rows, 5)
  expect([...cut.history.step]).toEqual([4, 5])
  expect(cut.history.loss).toHaveLength(2)
  expect([...cut.flow.step]).toEqual([4])
  expect(cut.flow.hidden).toEqual(ndarray([1, 3], Float32Array.of(1, 2, 3)))
  expect(cut.flow.cell).toEqual(ndarray([1, 3], Float32Array.of(7, 8, 9)))
  expect(rowsUpTo(rows, 7)).toEqual(rows)
  expect(rowsUpTo(rows, 3).history.step).toHaveLength(0)
})

test('what a stopped run measured beyond what was due is left out', () => {
  // Of 1600 updates every fourth has its flow measured and every 26th its scores, and the first and last.
  const measured = { ...rows.history, step: Int32Array.of(1, 26, 27, 1600) }
  const due = dueRows({ history: measured, flow: { ...rows.flow, step: Int32Array.of(4, 6) } }, 1600)
  expect(due.history.loss).toEqual(rows.history.loss)
  expect([...due.history.validationLoss]).toEqual([0, 0, Number.NaN, 0])
  expect([...due.history.validationMetric]).toEqual([1, 1, Number.NaN, 1])
  expect([...(due.history.validated ?? [])]).toEqual([1, 1, 0, 1])
  expect([...due.flow.step]).toEqual([4])
  expect(due.flow.hidden).toEqual(ndarray([1, 3], Float32Array.of(1, 2, 3)))
  expect(due.flow.cell).toEqual(ndarray([1, 3], Float32Array.of(7, 8, 9)))
})

test('the latest validation is the one that was measured last, also where it came out as no number', () => {
  const log = new RunLog(3, true)
  const { validated: _every, ...history } = rows.history
  const validation = (validationLoss: number[], validated?: number[]): Rows => ({
    ...rows,
    history: {
      ...history,
      validationLoss: Float32Array.from(validationLoss),
      ...(validated && { validated: Int32Array.from(validated) }),
    },
  })
  expect(log.latest().validationLoss).toBeNaN()
  // Rows of an earlier version say nothing of what was measured: NaN was not.
  log.append(validation([0.5, Number.NaN, 0.25, Number.NaN]))
  expect(log.latest().validationLoss).toBe(0.25)
  log.append(validation([Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN], [0, 1, 0, 0]))
  expect(log.latest().validationLoss).toBe(Number.POSITIVE_INFINITY)
  log.append(validation([Number.NaN, Number.NaN, Number.NaN, Number.NaN], [0, 0, 1, 0]))
  expect(log.latest().validationLoss).toBeNaN()
  expect(log.latest().validationMetric).toBe(1)
  expect([...(log.rows().history.validated ?? [])]).toEqual([1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0])
})
