import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import {
  type Change,
  differing,
  fixed,
  freed,
  has,
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
