import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import {
  type Change,
  differing,
  fixed,
  freed,
  has,
  holdOf,
  isChanged,
  type Lock,
  ofRun,
  unchanged,
  withInput,
} from './change.ts'

const lock = (value: number, unit?: number): Lock => ({
  kind: 'clamp',
  layer: 0,
  of: 'gates.forget',
  value,
  from: 0,
  to: 9,
  ...(unit === undefined ? {} : { unit }),
})

describe('what is asked of an example', () => {
  test('holds one value for each thing: a later one takes its place, another unit stands beside it', () => {
    let change: Change = fixed(unchanged, 1, lock(0.5))
    change = fixed(change, 1, lock(1))
    change = fixed(change, 1, lock(0, 3))
    expect(ofRun(change, 0)).toEqual([])
    expect(ofRun(change, 1)).toEqual([lock(1), lock(0, 3)])
    expect(has(change, 1, lock(7))).toEqual(lock(1))
    change = freed(freed(change, 1, lock(0)), 1, lock(0, 3))
    expect(isChanged(change)).toBe(false)
  })

  test('is no change where an input is back at what it was', () => {
    const original = ndarray([3], Float32Array.of(4, 5, 6))
    const once = withInput(unchanged, original, 1, 9)
    expect(once.inputs?.data).toEqual(Float32Array.of(4, 9, 6))
    expect(differing(original, once.inputs as typeof original)).toEqual([1])
    expect(isChanged(withInput(once, original, 1, 5))).toBe(false)
    expect([...original.data]).toEqual([4, 5, 6])
  })
})

test('what is held at a step, and how', () => {
  const held = [
    { kind: 'clamp', layer: 0, of: 'gates.forget', value: 1, from: 2, to: 4 },
    { kind: 'freeze', layer: 0, unit: 3, from: 0, to: 9 },
    { kind: 'ablate', layer: 0, unit: 5 },
  ] as const
  const at = (name: string, step: number, unit: number) => holdOf(held, 1, 'cell', name, step, unit)
  expect([at('gates.forget', 2, 0), at('gates.forget', 5, 0)]).toEqual(['set', undefined])
  expect([at('cell', 0, 3), at('cell', 0, 4), at('hidden', 0, 3)]).toEqual(['kept', undefined, undefined])
  expect([at('cell', 7, 5), at('hidden', 7, 5)]).toEqual(['set', 'set'])
  expect(holdOf(held, 2, 'cell', 'cell', 7, 5)).toBeUndefined()
})
