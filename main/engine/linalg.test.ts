import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestSingularValue, multiply } from './linalg.ts'

test('largest singular value of known matrices', () => {
  expect(largestSingularValue(Float64Array.of(3, 0, 0, -4), 2)).toBeCloseTo(4, 10)
  // [[1, 1], [0, 1]] has the golden ratio.
  expect(largestSingularValue(Float64Array.of(1, 1, 0, 1), 2)).toBeCloseTo((1 + Math.sqrt(5)) / 2, 10)
  expect(largestSingularValue(new Float64Array(9), 3)).toBe(0)
  expect(largestSingularValue(Float64Array.of(1, Number.NaN, 0, 1), 2)).toBeNaN()
  expect(largestSingularValue(Float64Array.of(1e-200, 0, 0, 1e-210), 2)).toBeCloseTo(1e-200, 210)
})

test('the singular value bounds every image and is reached within the Frobenius norm', () => {
  const square = fc.integer({ min: 1, max: 8 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      a: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n }),
      x: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }),
    }),
  )
  fc.assert(
    fc.property(square, ({ n, a, x }) => {
      const matrix = Float64Array.from(a)
      const sigma = largestSingularValue(matrix, n)
      const column = new Float64Array(n * n)
      for (let k = 0; k < n; k++) column[k * n] = x[k] as number
      const image = multiply(matrix, column, n)
      const bound = sigma * Math.hypot(...x)
      expect(Math.hypot(...image)).toBeLessThanOrEqual(bound * (1 + 1e-5) + 1e-12)
      expect(sigma).toBeLessThanOrEqual(Math.hypot(...a) * (1 + 1e-12))
    }),
  )
})
