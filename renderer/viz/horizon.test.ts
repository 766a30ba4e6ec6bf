import { expect, test } from 'vitest'
import { memoryHorizon, stepsOf } from './horizon.ts'

const horizon = (...row: number[]) => memoryHorizon(Float32Array.from(row))

test('counts steps back until the flow first drops below 1 % of its last value', () => {
  expect(horizon(0.001, 0.005, 0.5, 1)).toBe(2)
  expect(horizon(1, 0.001, 1)).toBe(1)
  expect(horizon(0, 0, 0, 1)).toBe(1)
})

test('is the whole length when it never drops', () => {
  expect(horizon(0.02, 0.5, 1)).toBe(3)
  expect(horizon(1)).toBe(1)
})

test('ends where no example is longer', () => {
  expect(horizon(Number.NaN, Number.NaN, 0.5, 1)).toBe(2)
  expect(horizon(Number.NaN, 0.001, 0.5, 1)).toBe(2)
  expect(stepsOf(Float32Array.of(Number.NaN, 0, 1))).toBe(2)
  expect(stepsOf(Float32Array.of(Number.NaN))).toBe(0)
})

test('is undefined where the last value is 0 or not finite', () => {
  expect(horizon(1, 1, 0)).toBeNaN()
  expect(horizon(1, 1, Number.NaN)).toBeNaN()
  expect(horizon(1, 1, Infinity)).toBeNaN()
  expect(horizon()).toBeNaN()
})
