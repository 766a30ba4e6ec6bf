import { describe, expect, test } from 'vitest'
import { columnValue, rowsOfLines, runningMedian } from './waterfall.ts'

const flow = (...steps: number[]) => ({
  count: steps.length,
  step: Int32Array.from(steps),
  values: new Float32Array(steps.length * 2),
})

describe('lines of a waterfall', () => {
  test('show the latest row measured by then, and nothing beyond the last', () => {
    expect([...rowsOfLines(flow(1, 10, 20), 4, 40)]).toEqual([1, 2, 2, -1])
  })

  test('show the first row at once, even where a line is many steps', () => {
    expect([...rowsOfLines(flow(1), 4, 1200)]).toEqual([0, -1, -1, -1])
    expect([...rowsOfLines(flow(1), 4, 4)]).toEqual([0, 0, -1, -1])
  })

  test('are empty without rows', () => {
    expect([...rowsOfLines(flow(), 2, 10)]).toEqual([-1, -1])
  })
})

test('a column of several steps shows the largest of those that exist', () => {
  const row = Float32Array.from([0, 0.5, 2, Number.NaN, Infinity, 1])
  expect(columnValue(row, 0, 3)).toBe(2)
  expect(columnValue(row, 0, 1)).toBe(0)
  expect(columnValue(row, 4, 6)).toBe(Infinity)
  expect(columnValue(row, 2, 4)).toBe(2)
  expect(columnValue(row, 3, 4)).toBeNaN()
})

test('a running median follows a step and passes over a flicker', () => {
  expect(runningMedian([3, 3, 50, 3, 3, 50, 50, 50], 3)).toEqual([3, 3, 3, 3, 3, 50, 50, 50])
  expect(runningMedian([Number.NaN, 2, 4], 3)).toEqual([Number.NaN, 4, 4])
})
