import { expect, test } from 'vitest'
import { flow, memoryHorizon } from './quantities.ts'

test('flow takes the mean over examples of squared norms and undoes the mean of the loss', () => {
  // Two examples, two steps, one unit; L is a mean over 2, so own gradients are twice these.
  const gradient = Float32Array.of(3, 1, 4, 1)
  const [first, last] = flow(gradient, 2, 2, 1)
  expect(first).toBeCloseTo(Math.sqrt((6 ** 2 + 8 ** 2) / 2), 6)
  expect(last).toBeCloseTo(2, 6)
})

test('flow does not depend on the batch size', () => {
  const one = flow(Float32Array.of(0.5, 2), 1, 2, 1)
  const twice = flow(Float32Array.of(0.25, 1, 0.25, 1), 2, 2, 1)
  expect(twice).toEqual(one)
})

test('flow of different lengths counts steps back from each own end', () => {
  // Example 0 has both steps, example 1 only its first, which is its last.
  const byStep = flow(Float32Array.of(1, 2, 3, 0), 2, 2, 1, [2, 1])
  expect(byStep[0]).toBeCloseTo(2, 6) // one step back: example 0 alone
  expect(byStep[1]).toBeCloseTo(Math.sqrt((4 ** 2 + 6 ** 2) / 2), 6)
})

test('flow keeps values whose squares underflow float32', () => {
  expect(flow(Float32Array.of(1e-30), 1, 1, 1)[0]).toBeCloseTo(1e-30, 36)
})

test('memory horizon: first drop below 1 %, all T, undefined', () => {
  expect(memoryHorizon([1e-4, 0.5, 0.009, 0.5, 1])).toBe(2)
  expect(memoryHorizon([0.01, 0.5, 1])).toBe(3)
  expect(memoryHorizon([1, 1, 0])).toBeNaN()
  expect(memoryHorizon([1, 1, Number.NaN])).toBeNaN()
})
