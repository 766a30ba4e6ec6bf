import { describe, expect, test } from 'vitest'
import type { Palette } from './colour.ts'
import { gateColour, gradientColour, gradientScale, position, signedColour, ticks } from './scale.ts'

const ramp = Uint32Array.from({ length: 256 }, (_, k) => k)
const palette = { gradient: ramp, gate: ramp, signed: ramp, zero: 1000, nan: 2000 } as unknown as Palette

describe('the gradient scale', () => {
  test('ends at the decade above the largest value, six decades long', () => {
    expect(gradientScale(0.4)).toEqual({ lo: -6, hi: 0 })
    expect(gradientScale(1)).toEqual({ lo: -6, hi: 0 })
    expect(gradientScale(1.2)).toEqual({ lo: -5, hi: 1 })
    expect(gradientScale(3e-4)).toEqual({ lo: -9, hi: -3 })
  })

  test('reaches at least the given decade, and stands without a value', () => {
    expect(gradientScale(3e-4, 0)).toEqual({ lo: -6, hi: 0 })
    expect(gradientScale(0)).toEqual({ lo: -6, hi: 0 })
    expect(gradientScale(Infinity)).toEqual({ lo: -6, hi: 0 })
  })

  test('places a value by its logarithm and clamps only the colour', () => {
    const scale = { lo: -6, hi: 0 }
    expect(position(1e-3, scale)).toBeCloseTo(0.5)
    expect(gradientColour(1e-3, scale, palette)).toBe(128)
    expect(gradientColour(1e-30, scale, palette)).toBe(0)
    expect(gradientColour(50, scale, palette)).toBe(255)
  })

  test('keeps exact zero and what is not finite outside', () => {
    const scale = { lo: -6, hi: 0 }
    expect(gradientColour(0, scale, palette)).toBe(1000)
    expect(gradientColour(Number.NaN, scale, palette)).toBe(2000)
    expect(gradientColour(Infinity, scale, palette)).toBe(2000)
  })
})

test('gates run from 0 to 1, signed values around their middle', () => {
  expect(gateColour(0, palette)).toBe(0)
  expect(gateColour(1, palette)).toBe(255)
  expect(signedColour(-2, 2, palette)).toBe(0)
  expect(signedColour(2, 2, palette)).toBe(255)
  expect(signedColour(Number.NaN, 2, palette)).toBe(2000)
})

test('ticks are round numbers inside the range', () => {
  expect(ticks(0, 1200, 6)).toEqual([0, 200, 400, 600, 800, 1000, 1200])
  expect(ticks(0.1, 0.45, 4)).toEqual([0.1, 0.2, 0.3, 0.4])
  expect(ticks(3, 3, 4)).toEqual([3])
})
