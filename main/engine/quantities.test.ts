import { expect, test } from 'vitest'
import { ndarray } from '../../shared/ndarray.ts'
import { flow, memoryHorizon, saturation, squaredNorms } from './quantities.ts'

const floats = (shape: number[], ...values: number[]) => ndarray(shape, Float32Array.from(values))
const norms = (shape: number[], ...values: number[]) => squaredNorms(floats(shape, ...values))

test('flow takes the mean over examples of squared norms and undoes the mean of the loss', () => {
  // Two examples, two steps, one unit; L is a mean over 2, so own gradients are twice these.
  const [first, last] = flow(norms([2, 2, 1], 3, 4, 1, 1), [2, 2])
  expect(first).toBeCloseTo(Math.sqrt((6 ** 2 + 8 ** 2) / 2), 6)
  expect(last).toBeCloseTo(2, 6)
})

test('flow does not depend on the batch size', () => {
  const one = flow(norms([2, 1, 1], 0.5, 2), [2])
  const twice = flow(norms([2, 2, 1], 0.25, 0.25, 1, 1), [2, 2])
  expect(twice).toEqual(one)
})

test('flow of different lengths counts steps back from each own end', () => {
  // Example 0 has both steps, example 1 only its first, which is its last.
  const byStep = flow(norms([2, 2, 1], 1, 3, 2, 0), [2, 1])
  expect(byStep[0]).toBeCloseTo(2, 6) // one step back: example 0 alone
  expect(byStep[1]).toBeCloseTo(Math.sqrt((4 ** 2 + 6 ** 2) / 2), 6)
})

test('flow is NaN at steps that no example has, and the horizon counts the longest one as all', () => {
  // Three steps, of which the longest example has two.
  const byStep = flow(norms([3, 2, 1], 1, 3, 2, 0, 0, 0), [2, 1])
  expect(byStep[0]).toBeNaN()
  expect(byStep[1]).toBeCloseTo(2, 6)
  expect(memoryHorizon(byStep)).toBe(2)
  expect(memoryHorizon(byStep, 0.01, 2)).toBe(2)
})

test('flow keeps values whose squares underflow float32', () => {
  expect(flow(norms([1, 1, 1], 1e-30), [1])[0]).toBeCloseTo(1e-30, 36)
})

test('memory horizon: first drop below 1 %, all T, undefined', () => {
  expect(memoryHorizon([1e-4, 0.5, 0.009, 0.5, 1])).toBe(2)
  expect(memoryHorizon([0.01, 0.5, 1])).toBe(3)
  expect(memoryHorizon([1, 1, 0])).toBeNaN()
  expect(memoryHorizon([1, 1, Number.NaN])).toBeNaN()
  expect(memoryHorizon([])).toBeNaN()
  // The threshold can be set.
  expect(memoryHorizon([0.01, 0.3, 1], 0.5)).toBe(1)
  expect(memoryHorizon([0.01, 0.3, 1], 0.1)).toBe(2)
  // Not a number before it drops: nothing can be said; after it dropped, it has.
  expect(memoryHorizon([1e-9, Number.NaN, 1, 1])).toBeNaN()
  expect(memoryHorizon([Number.NaN, 1, 1], 0.01, 3)).toBeNaN()
  expect(memoryHorizon([Number.NaN, 1e-9, 1], 0.01, 3)).toBe(1)
})

test('saturation counts real steps only, per unit', () => {
  // [T=2, B=2, H=2]; the second example has one real step, its padding holds 0.
  const gates = floats([2, 2, 2], 0.05, 0.95, 0.5, 0.91, 0.02, 0.1, 0, 0)
  expect(saturation(gates, [2, 1], 'sigmoid')).toEqual({
    left: Float32Array.of(2 / 3, 0),
    right: Float32Array.of(0, 2 / 3),
  })
  const tanhs = floats([2, 1, 2], -0.95, 0.9, 0.2, 0.91)
  expect(saturation(tanhs, [2], 'tanh')).toEqual({ beyond: Float32Array.of(0.5, 0.5) })
  expect(saturation(floats([2, 1, 2], 0, 0, 0, 3), [2], 'relu')).toEqual({ dead: Float32Array.of(1, 0) })
})
