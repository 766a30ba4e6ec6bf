import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { Track } from './track.ts'

const rows = (steps: number[], values: number[], length: number) => ({
  step: Int32Array.from(steps),
  hidden: ndarray([steps.length, length], Float32Array.from(values)),
})

test('a track grows by pulls and finds the row of a training step', () => {
  const track = new Track()
  track.appendFlow(rows([1, 10], [0.001, 1, 0.5, 1], 2))
  track.appendFlow(rows([20], [0, 2], 2))
  expect(track.step.length).toBe(3)
  expect(track.rowAt(0)).toBe(-1)
  expect(track.rowAt(9)).toBe(0)
  expect(track.rowAt(20)).toBe(2)
  expect([...track.row(true, 2)]).toEqual([0, 2])
  expect(track.horizon(true, 0)).toBe(1)
  expect(track.horizon(true, 1)).toBe(2)
  expect(track.hidden.largest).toBe(2)
})

test('the carried state is c where the cell has one', () => {
  const track = new Track()
  track.appendFlow({ ...rows([1], [0, 1], 2), cell: ndarray([1, 2], Float32Array.of(5, 6)) })
  expect([...track.row(true, 0)]).toEqual([5, 6])
  expect([...track.row(false, 0)]).toEqual([0, 1])
})

test('a row of a batch of shorter examples lacks their steps', () => {
  const track = new Track()
  track.appendFlow(rows([1, 2], [0.5, 1, 2, 4, 5, 6], 3))
  expect(track.least).toBe(3)
  track.appendFlow(rows([3], [Number.NaN, 2, 1], 3))
  expect([track.most, track.least]).toEqual([3, 2])
  expect([0, 2].map((row) => track.longest(row))).toEqual([3, 2])
  expect(track.horizon(true, 2)).toBe(2)
  expect(track.hidden.largest).toBe(6)
})

test('validation is kept from the last row that had one', () => {
  const track = new Track()
  const column = (...values: number[]) => Float32Array.from(values)
  track.appendHistory({
    step: Int32Array.of(1, 2, 3),
    loss: column(3, 2, 1),
    metric: column(0, 0, 0),
    validationLoss: column(9, 8, Number.NaN),
    validationMetric: column(0.1, 0.2, Number.NaN),
  })
  expect(track.latest).toMatchObject({ loss: 1, validationLoss: 8 })
  expect(track.validationLoss.points).toHaveLength(2)
  expect(track.historyRows).toBe(3)
})

test('what was measured at a step is the last of before, across parts', () => {
  const track = new Track()
  const part = (steps: number[], loss: number[], validation: number[]) =>
    track.appendHistory({
      step: Int32Array.from(steps),
      loss: Float32Array.from(loss),
      metric: Float32Array.from(loss),
      validationLoss: Float32Array.from(validation),
      validationMetric: Float32Array.from(validation),
    })
  part([1, 2], [8, 4], [16, Number.NaN])
  part([3, 4], [2, 1], [Number.NaN, 32])
  expect(track.measuredAt(3)).toMatchObject({ loss: 2, validationLoss: 16 })
  expect(track.measuredAt(9)).toEqual(track.latest)
  expect(track.measuredAt(0).loss).toBeNaN()
})
