import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { plainNumbers } from './plain.ts'
import { signal } from './signals.ts'

const h0 = [0.5, -0.25]
const weights = ndarray([2, 2], Float32Array.of(0.5, 2, -1, 0.25))
/** h_1 of unit 0 from W h = 0.25 - 0.5 and a drive of 1. */
const h1 = [Math.tanh(0.75), 0.1]
const hidden = signal(2, 2, Float32Array.of(...h0, ...h1))

test('a plain step is split into what the old state and what the input gave', () => {
  const n = plainNumbers(hidden, weights, 'tanh', 0, 1)
  expect(n.recurrent).toBeCloseTo(-0.25)
  expect(n.drive).toBeCloseTo(1)
  expect(n.slope).toBeCloseTo(1 - Math.tanh(0.75) ** 2)
  expect(n.own).toBeCloseTo(n.slope * 0.5)
  expect(n.all).toBeCloseTo(n.slope * Math.hypot(0.5, 2))
})

test('nothing comes before the first step, and what cannot be told is not made up', () => {
  expect(plainNumbers(hidden, weights, 'tanh', 0, 0)).toMatchObject({ before: 0, recurrent: 0 })
  expect(plainNumbers(hidden, undefined, 'tanh', 0, 1).recurrent).toBeNaN()
  expect(plainNumbers({ ...hidden, at: () => 1 }, weights, 'tanh', 0, 1).sum).toBeNaN()
  expect(plainNumbers({ ...hidden, at: () => 0 }, weights, 'relu', 0, 1)).toMatchObject({ slope: 0, sum: Number.NaN })
})
