import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parts } from '../../../shared/sequences.ts'
import { assignParts, tagOrder } from './splits.ts'

const share = fc.constantFrom(0, 0.01, 0.1, 0.3, 0.45)

test('whole groups leave no part empty, however unequal they are, and the largest one trains', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 200 })), {
    minLength: 3,
    maxLength: 20,
  })
  fc.assert(
    fc.property(sizes, share, share, fc.nat(1000), (groups, validation, held, seed) => {
      const keys = groups.flatMap((size, k) => new Array<string>(size).fill(`g${k}`))
      const assigned = assignParts(keys, { by: 'group', tag: 'g', validation, test: held, seed })
      const rowsIn = Map.groupBy(assigned.entries(), ([, part]) => part)
      const asked = { train: 1, validation, test: held }
      for (const part of parts) expect(rowsIn.has(part)).toBe(asked[part] > 0)
      const partOf = Map.groupBy(assigned.entries(), ([row]) => keys[row])
      for (const rows of partOf.values()) expect(new Set(rows.map(([, part]) => part)).size).toBe(1)
      const most = Math.max(...groups)
      expect(groups.some((size, k) => size === most && partOf.get(`g${k}`)?.[0]?.[1] === 'train')).toBe(true)
    }),
  )
})

test('many small groups come to their shares within one group', () => {
  const keys = Array.from({ length: 1000 }, (_, row) => `g${row % 100}`)
  for (let seed = 0; seed < 20; seed++) {
    const assigned = assignParts(keys, { by: 'group', tag: 'g', validation: 0.15, test: 0.1, seed })
    const rows = (part: string) => assigned.filter((each) => each === part).length
    expect([rows('validation'), rows('test')]).toEqual([150, 100])
  }
})

test('the values of a tag are numbers or texts, all of them: else their order would go round in circles', () => {
  expect(['10', '9', '2'].toSorted(tagOrder(['10', '9', '2']))).toEqual(['2', '9', '10'])
  fc.assert(
    fc.property(fc.shuffledSubarray(['2', '10', '1x', '9', '', '1e2'], { minLength: 2 }), (values) => {
      const sorted = values.toSorted(tagOrder(values))
      const again = values.toReversed().toSorted(tagOrder(values))
      expect(again.map((value) => sorted.indexOf(value))).toEqual([...sorted.keys()])
      const assigned = assignParts(values, {
        by: 'time',
        tag: 't',
        validation: 0,
        test: 1 / values.length - 1e-9,
        seed: 0,
      })
      expect(values[assigned.indexOf('test')]).toBe(sorted.at(-1))
    }),
  )
})
