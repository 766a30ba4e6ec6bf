import { expect, test } from 'vitest'
import { binsOf, shareIn } from './bins.ts'

test('few values stand for themselves', () => {
  expect(binsOf([3, 1, 1])).toEqual([
    { from: 1, to: 1 },
    { from: 3, to: 3 },
  ])
  expect(binsOf([])).toEqual([])
})

test('many are put together in ranges that do not reach across the border, and none is empty', () => {
  const values = Array.from({ length: 12 }, (_, k) => k).filter((k) => k < 8 || k > 9)
  expect(binsOf(values, 5, 4)).toEqual([
    { from: 0, to: 2 },
    { from: 3, to: 4 },
    { from: 5, to: 7 },
    { from: 8, to: 10 },
    { from: 11, to: 11 },
  ])
})

test('a share counts the examples of its range alone', () => {
  expect(shareIn({ from: 1, to: 2 }, [1, 2, 3], [0, 1, 1], [0, 0, 1])).toEqual({ count: 2, right: 0.5 })
  expect(shareIn({ from: 7, to: 8 }, [1], [0], [0]).right).toBeNaN()
})
