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
  for (const alone of [1e-81, 1e90]) {
    expect(Math.abs(largestSingularValue(Float64Array.of(-alone, 0, 0, 0), 2) / alone - 1)).toBeLessThan(1e-10)
  }
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

test('singular values that lie close together, at any scale', () => {
  // U S V with Householder reflections U and V: the singular values are those of S.
  const reflection = (n: number, seed: number) => {
    const axis = Float64Array.from({ length: n }, (_, k) => Math.sin(seed + 3 * k))
    const square = axis.reduce((sum, value) => sum + value * value, 0)
    return Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n]
      return (i === j ? 1 : 0) - (2 * (axis[i] as number) * (axis[j] as number)) / square
    })
  }
  for (const n of [2, 5, 33, 64]) {
    for (const scale of [1, 1e-180, 1e180]) {
      const values = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) ? 0 : scale * (1 - k / (n * n) / 50)))
      const matrix = multiply(multiply(reflection(n, 1), values, n), reflection(n, 2), n)
      expect(Math.abs(largestSingularValue(matrix, n) / scale - 1)).toBeLessThan(1e-6)
    }
  }
})

test('a product is that of its definition, whatever is 0 in it', () => {
  for (const n of [1, 3, 4, 7]) {
    const a = Float64Array.from({ length: n * n }, (_, k) => (k % 3 ? Math.cos(k) : 0))
    const b = Float64Array.from({ length: n * n }, (_, k) => Math.sin(k))
    const at = (k: number) => {
      const [i, j] = [Math.floor(k / n), k % n]
      return a.subarray(i * n, (i + 1) * n).reduce((sum, factor, m) => sum + factor * (b[m * n + j] as number), 0)
    }
    for (const [k, value] of multiply(a, b, n).entries()) expect(value).toBeCloseTo(at(k), 12)
  }
})
