import { expect, test } from 'vitest'
import { isMoment } from './rhythm.ts'

const momentsUpTo = (steps: number, planned: number) =>
  Array.from({ length: steps + 1 }, (_, step) => step).filter((step) => isMoment(step, planned))

test('of every training the first and last state are kept, and about sixty in between', () => {
  for (const planned of [1, 5, 59, 60, 61, 100, 119, 121, 1200, 74_000]) {
    const kept = momentsUpTo(planned, planned)
    expect([kept[0], kept.at(-1)], String(planned)).toEqual([0, planned])
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(planned + 1, 31))
    expect(kept.length).toBeLessThanOrEqual(62)
  }
})

test('of a training that goes on and on, ever rarer ones', () => {
  expect(momentsUpTo(200_000, 10).length).toBeLessThan(60 * 13)
  const later = momentsUpTo(200_000, 10).filter((step) => step > 100_000)
  expect(later.length).toBeGreaterThanOrEqual(30)
  expect(later.length).toBeLessThanOrEqual(64)
})
