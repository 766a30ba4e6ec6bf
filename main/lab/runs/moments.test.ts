import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { momentsOf, stackGates, surplusSteps } from './moments.ts'

test('as many as fit stay, with the first and the last, evenly, however they came', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 400 }),
    fc.integer({ min: 4, max: 64 }),
    (gaps, limit) => {
      let kept: number[] = []
      let step = 0
      for (const gap of gaps) {
        kept.push(step)
        const surplus = new Set(surplusSteps(kept, limit))
        kept = kept.filter((each) => !surplus.has(each))
        step += gap
      }
      const last = step - (gaps.at(-1) as number)
      expect(kept.length).toBe(Math.min(limit, gaps.length))
      expect([kept[0], kept.at(-1)]).toEqual([0, last])
      const widest = Math.max(...kept.slice(1).map((each, k) => each - (kept[k] as number)))
      expect(widest).toBeLessThanOrEqual(Math.max(50, (6 * last) / limit))
    },
  )
  fc.assert(property, { seed: 5, numRuns: 60 })
})

test('large parameters are kept less often, never fewer than four', () => {
  expect([1e3, 2 ** 20, 2 ** 22, 2 ** 40].map(momentsOf)).toEqual([64, 64, 16, 4])
})

test('gates of moments become arrays over training', () => {
  const gates = (share: number) => ({
    a: ndarray([2], Float32Array.of(share, 1 - share)),
    b: ndarray([], Float32Array.of(share)),
  })
  const { step, arrays } = stackGates([
    { step: 0, gates: gates(0.25) },
    { step: 7, gates: gates(0.5) },
  ])
  expect([...step]).toEqual([0, 7])
  expect(arrays.a).toEqual(ndarray([2, 2], Float32Array.of(0.25, 0.75, 0.5, 0.5)))
  expect(arrays.b).toEqual(ndarray([2], Float32Array.of(0.25, 0.5)))
  expect(stackGates([]).step).toHaveLength(0)
})
