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
  expect(shareIn({ from: 1, to: 2 }, [1, 2, 3], [0, 1, 1], [0, 0, 1])).toEqual({ count: 2, right: 0.5 })
  expect(shareIn({ from: 7, to: 8 }, [1], [0], [0]).right).toBeNaN()
})
