import { expect, test } from 'vitest'
import { binsOf, shareIn, wilson } from './bins.ts'

test('few values stand for themselves', () => {
  expect(binsOf([3, 1, 1])).toEqual([
    { from: 1, to: 1 },
    { from: 3, to: 3 },
  ])
  expect(binsOf([])).toEqual([])
})

test('many are put together in ranges that do not reach across the border, and none is empty', () => {
  expect(binsOf([0, 1, 2, 3, 4, 5, 6, 7, 10, 11], 5, 4)).toEqual([
    { from: 0, to: 2 },
    { from: 3, to: 4 },
    { from: 5, to: 6 },
    { from: 7, to: 9 },
    { from: 10, to: 11 },
  ])
  expect(binsOf([0, 1, 9], 2)).toEqual([
    { from: 0, to: 4 },
    { from: 5, to: 9 },
  ])
  expect(binsOf([0, 1, 2, 9], 3)).toEqual([
    { from: 0, to: 2 },
    { from: 7, to: 9 },
  ])
})

test('a share counts the examples of its range alone', () => {
  expect(shareIn({ from: 1, to: 2 }, [1, 2, 3], [1, 0, 1])).toMatchObject({ count: 2, right: 0.5 })
  expect(shareIn({ from: 7, to: 8 }, [1], [1]).right).toBeNaN()
})

test('its interval is Wilson’s: inside 0 to 1, narrower with more examples', () => {
  // Brown, Cai & DasGupta 2001 and R's prop.test(8, 10, correct = FALSE): 0.4902, 0.9433.
  expect(wilson(0.8, 10).low).toBeCloseTo(0.4902, 4)
  expect(wilson(0.8, 10).high).toBeCloseTo(0.9433, 4)
  expect(wilson(1, 100).high).toBe(1)
  expect(wilson(1, 100).low).toBeCloseTo(100 / (100 + 1.959964 ** 2), 6)
  expect(wilson(0, 100).low).toBe(0)
})
