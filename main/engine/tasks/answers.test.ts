import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { likeliest } from './answers.ts'
import { shareRight } from './tokens.ts'

test('a row with a logit that is not a number has no answer, which is no right one', () => {
  const logits = ndarray([4, 2], Float32Array.of(1, 2, 3, -Infinity, Number.NaN, 0, 0, Number.NaN))
  expect(likeliest(logits)).toEqual([1, 0, Number.NaN, Number.NaN])
  expect(shareRight(logits, { targets: ndarray([4], Int32Array.of(1, 1, 0, 0)) })).toBe(0.25)
})
