import { expect, test } from 'vitest'
import type { Palette } from './colour.ts'
import { signedTable } from './tables.ts'

test('a scale in use keeps its table, and tables of scales long out of use are let go', () => {
  const palette = {
    nan: 0,
    signed: new Uint32Array(256),
  } as unknown as Palette
  const [used, unused] = [signedTable(1, palette), signedTable(2, palette)]
  for (let limit = 3; limit < 103; limit += 1) {
    signedTable(limit, palette)
    expect(signedTable(1, palette)).toBe(used)
  }
  expect(signedTable(2, palette)).not.toBe(unused)
})
