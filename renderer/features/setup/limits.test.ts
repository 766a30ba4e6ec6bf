import { expect, test } from 'vitest'
import { CellSpec, TrainingSpec } from '../../../shared/spec.ts'
import { limitsOf } from './limits.ts'

test('limits and defaults are those of the spec', () => {
  const { entries } = TrainingSpec
  expect(limitsOf('steps', entries.steps)).toEqual({
    key: 'steps',
    min: 1,
    max: 1_000_000,
    integer: true,
    initial: 1200,
  })
  expect(limitsOf('clipNorm', entries.clipNorm)).toEqual({
    key: 'clipNorm',
    min: 0,
    max: 1e6,
    integer: false,
    initial: 1,
    optional: true,
    above: true,
  })
  expect(limitsOf('momentum', entries.momentum)).toMatchObject({ min: 0, max: 1, below: true, initial: null })
  expect(limitsOf('hiddenSize', CellSpec.entries.hiddenSize, { initial: 32 })).toMatchObject({ max: 2048, initial: 32 })
})
