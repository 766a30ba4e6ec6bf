import { expect, test } from 'vitest'
import type { Experiment, RunSummary } from '../../../shared/contract.ts'
import { claimOf } from './claim.ts'

const experiment = (...metrics: number[]) => {
  const guess = [{ id: 'mean', loss: 0.167, metric: 0.15 }]
  return {
    facts: {
      length: 50,
      metric: { id: 'accuracy-within', better: 'higher' },
      baselines: { validation: guess, test: [] },
    },
    runs: metrics.map((metric) => ({ validationLoss: 0.17 * (1 - metric), validationMetric: metric }) as RunSummary),
  } as unknown as Pick<Experiment, 'facts' | 'runs'>
}

const of50 = (...horizons: number[]) => horizons.map((horizon) => ({ horizon, longest: 50 }))

test('a short run in which both signals arrive, or both fade, shows nothing', () => {
  expect(claimOf(experiment(0.1, 0.1), of50(50, 50))).toBe('none')
  expect(claimOf(experiment(0.1, 0.1), of50(10, 12))).toBe('none')
  expect(claimOf(experiment(0.1, 0.9), of50(Number.NaN, 50))).toBe('none')
})

test('forgetting is said only where answers were tested: one at guessing, one better', () => {
  expect(claimOf(experiment(0.1, 0.96), of50(8, 50))).toBe('forgets')
  expect(claimOf(experiment(0.1, 0.12), of50(8, 50))).toBe('fades')
  expect(claimOf(experiment(0.95, 0.96), of50(8, 50))).toBe('fades')
})

test('a handful of validation examples shows no forgetting', () => {
  const { facts, ...rest } = experiment(0.1, 0.96)
  const measuredOn = (validated: number) => claimOf({ ...rest, facts: { ...facts, validated } }, of50(8, 50))
  expect(measuredOn(4)).toBe('fades')
  expect(measuredOn(256)).toBe('forgets')
})
