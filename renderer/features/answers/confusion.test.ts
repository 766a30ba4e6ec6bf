import { expect, test } from 'vitest'
import { confusion } from './confusion.ts'

test('answers are counted by the true class and the answered one', () => {
  expect(confusion([0, 0, 1, 1], [0, 1, 1, Number.NaN], 2)).toEqual([
    [1, 1],
    [0, 1],
  ])
})
