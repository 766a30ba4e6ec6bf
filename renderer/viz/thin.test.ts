import { expect, test } from 'vitest'
import { ThinSeries } from './thin.ts'

test('holds every point while there are few', () => {
  const series = new ThinSeries(10)
  for (let step = 1; step <= 5; step += 1) series.append(step, step * 2)
  expect(series.points).toHaveLength(5)
  expect(series.points[4]).toEqual({ x: 5, y: 10 })
})

test('joins neighbours as it grows, keeping the mean and the order', () => {
  const series = new ThinSeries(10)
  for (let step = 1; step <= 1000; step += 1) series.append(step, 3)
  expect(series.points.length).toBeLessThanOrEqual(10)
  expect(series.points.every((point) => point.y === 3)).toBe(true)
  const steps = series.points.map((point) => point.x)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
  expect(steps[0]).toBe(1)
})

test('leaves out what was not measured', () => {
  const series = new ThinSeries()
  series.append(1, Number.NaN)
  series.append(2, 1)
  expect(series.points).toEqual([{ x: 2, y: 1 }])
})
