import { expect, test } from 'vitest'
import { areFew, intervalText } from './interval.ts'

test('a share is told with the interval that its few examples leave open', () => {
  expect(intervalText('accuracy', 1, 2)).toBe('34–100')
  expect(intervalText('accuracy', 0.5, 400)).toBe('45–55')
  expect(areFew(2)).toBe(true)
  expect(areFew(30)).toBe(false)
})

test('what is no share, or was measured on nothing or on nobody knows how many, has none', () => {
  expect(intervalText('mean-absolute-error', 0.1, 10)).toBeUndefined()
  expect(intervalText('accuracy', Number.NaN, 10)).toBeUndefined()
  expect(intervalText('accuracy', 1, 0)).toBeUndefined()
  expect(intervalText('accuracy', 1, undefined)).toBeUndefined()
  expect(areFew(undefined)).toBe(false)
})
