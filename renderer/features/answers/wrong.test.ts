import { expect, test } from 'vitest'
import type { Answers } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { tellsWrong, wrongPlaces } from './wrong.ts'

const floats = (...values: number[]) => ndarray([values.length], Float32Array.from(values))
const accuracy = { id: 'accuracy', better: 'higher' } as const
const answers = (part: Partial<Answers>) => ({ baselines: {}, scores: [], ...part }) as unknown as Answers

test('of classes: all wrong ones, those of one cell of the table, those of one bin', () => {
  const facts = { outputs: 'class', metric: accuracy } as const
  const given = answers({
    targets: floats(0, 0, 1, 1, 2),
    outputs: [floats(0, 1, 1, 0, 0), floats(0, 0, 1, 1, 2)],
    metrics: [floats(1, 0, 1, 0, 0), floats(1, 1, 1, 1, 1)],
    tags: { distance: ndarray([5], Int32Array.of(1, 2, 3, 4, 5)) },
  })
  const of = (asked: object) => wrongPlaces(given, facts, { run: 0, ...asked }).map(({ index }) => index)
  expect(of({})).toEqual([1, 3, 4])
  expect(of({ cell: { truth: 1, answered: 0 } })).toEqual([3])
  expect(of({ bin: { tag: 'distance', from: 4, to: 9 } })).toEqual([3, 4])
  expect(of({ bin: { tag: 'gone', from: 4, to: 9 } })).toEqual([])
  expect(of({ run: 1 })).toEqual([])
})

test('of answers at every step: the first that is wrong, never beyond an example’s end', () => {
  const given = answers({
    targets: ndarray([2, 3], Float32Array.of(0, 1, 0, 1, 0, 0)),
    outputs: [ndarray([2, 3], Float32Array.of(0, 0, 1, 1, 0, 1))],
    metrics: [floats(1 / 3, 1)],
    lengths: ndarray([2], Int32Array.of(3, 2)),
  })
  expect(wrongPlaces(given, { outputs: 'class-series', metric: accuracy }, { run: 0 })).toEqual([{ index: 0, step: 1 }])
  const legal = { id: 'legal-strings', better: 'higher' } as const
  expect(wrongPlaces(given, { outputs: 'class-series', metric: legal }, { run: 0 })).toEqual([{ index: 0 }])
})

test('a number is off, not wrong, unless its score is a share of those within a bound', () => {
  expect(tellsWrong({ metric: { id: 'mean-absolute-error', better: 'lower' } })).toBe(false)
  expect(tellsWrong({ metric: { id: 'accuracy-within', better: 'higher' } })).toBe(true)
})
