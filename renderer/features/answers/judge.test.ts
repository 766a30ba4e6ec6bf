import { expect, test } from 'vitest'
import type { Baseline, TaskFacts } from '../../../shared/contract.ts'
import { judge } from './judge.ts'

const facts = (metric: string, ...baselines: Baseline[]) =>
  ({ metric: { id: metric, better: 'higher' }, baselines: { validation: [], test: baselines } }) as unknown as TaskFacts

test('a share of right answers is judged by itself and by the loss', () => {
  const adding = facts('accuracy-within', { id: 'mean', loss: 0.167, metric: 0.15 })
  expect(judge(adding, { loss: 0.001, metric: 0.96 })).toBe('solved')
  expect(judge(adding, { loss: 0.05, metric: 0.4 })).toBe('partly')
  expect(judge(adding, { loss: 0.187, metric: 0.16 })).toBe('guessing')
  expect(judge(adding, { loss: 0.187, metric: 0.08 })).toBe('worse')
  expect(judge(adding, { loss: 1e42, metric: 0 })).toBe('worse')
  expect(judge(adding, { loss: 0.17, metric: 0.05 })).toBe('guessing')
  expect(judge(adding, { loss: Number.NaN, metric: 0 })).toBe('broken')
})

test('a forecast has to beat repeating the last value before it has learned anything', () => {
  const co2 = facts(
    'mean-absolute-error',
    { id: 'mean', loss: 8, metric: 48 },
    { id: 'persistence', loss: 0.0043, metric: 1 },
  )
  expect(judge(co2, { loss: 0.08, metric: 4.5 })).toBe('behind')
  expect(judge(co2, { loss: 0.002, metric: 0.7 })).toBe('solved')
  expect(judge(co2, { loss: 8, metric: 48 })).toBe('guessing')
  expect(judge(co2, { loss: 9, metric: 50 })).toBe('worse')
})

test('the noise that no one can foresee is not a rule to beat', () => {
  const waves = facts(
    'mean-absolute-error',
    { id: 'mean', loss: 0.58, metric: 0.66 },
    { id: 'noise-floor', loss: 0.09, metric: 0.24 },
  )
  expect(judge(waves, { loss: 0.1, metric: 0.25 })).toBe('solved')
  expect(judge(waves, { loss: 0.3, metric: 0.4 })).toBe('partly')
})
