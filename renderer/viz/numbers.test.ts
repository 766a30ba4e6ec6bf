import { expect, test } from 'vitest'
import { boxed, clock, compact, fixed, measure, pow10, reading, scientific, significant, thousands } from './numbers.ts'

test('writes powers, minus signs and thousands as type does', () => {
  expect(pow10(-6)).toBe('10⁻⁶')
  expect(pow10(0)).toBe('1')
  expect(fixed(-0.1234, 2)).toBe('−0.12')
  expect(thousands(12_345)).toBe('12\u202f345')
})

test('writes small and large numbers with their power of ten', () => {
  expect(scientific(2.2e-12)).toBe('2.2·10⁻¹²')
  expect(scientific(9.96e-4)).toBe('1.0·10⁻³')
  expect(scientific(0.42)).toBe('0.42')
  expect(scientific(0)).toBe('0')
  expect(scientific(-12_000)).toBe('−1.2·10⁴')
  expect(compact(1)).toBe('1')
  expect(compact(0.05)).toBe('0.05')
  expect(compact(9e-9)).toBe('9·10⁻⁹')
  expect(measure(0.1667)).toBe('0.167')
  expect(measure(1.6e-3)).toBe('1.6·10⁻³')
})

test('a cell that is read says as many digits at any size', () => {
  const sizes = [0, 0.42131, -12.3456, 9999.4, 9999.6, 1e-3, 9.99996e-4, -3.31249e-5, 1.4e-45, 3.4e38]
  expect(sizes.map((size) => significant(size))).toEqual([
    ...['0', '0.4213', '−12.35', '9999', '1.000·10⁴', '0.001000', '1.000·10⁻³', '−3.312·10⁻⁵', '1.400·10⁻⁴⁵'],
    '3.400·10³⁸',
  ])
  expect([0, 0.9996, -0.0012, 1.25e-5, -1e21, Number.NaN].map(reading)).toEqual([
    '0.000',
    '1.000',
    '−0.001',
    '1.250·10⁻⁵',
    '−1.000·10²¹',
    'NaN',
  ])
  expect([0.456, -99.4, 0, -6.6e-7, 1e12, Infinity].map(boxed)).toEqual([
    '0.46',
    '−99.40',
    '0.00',
    '−7·10⁻⁷',
    '1·10¹²',
    '∞',
  ])
})

test('names what is not finite', () => {
  expect(scientific(Number.NaN)).toBe('NaN')
  expect(fixed(-Infinity)).toBe('−∞')
})

test('writes durations as a clock', () => {
  expect(clock(20)).toBe('0:20')
  expect(clock(185)).toBe('3:05')
  expect(clock(3720)).toBe('1:02:00')
})
