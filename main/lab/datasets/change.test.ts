import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Change, packChange, unpackChange } from './change.ts'

const row = {
  position: 1,
  steps: 1,
  inputs: '["a\\n"]',
  target: 'null',
  split: 'train',
  tags: '{}',
  note: '冰\n糖',
} as const
const change: Change = {
  do: 'freeze',
  live: { before: { task: { id: 'adding' }, seed: 1, rows: 10 }, after: null },
  rows: [
    { id: 1, before: null, after: row },
    { id: 2, before: { split: 'test' }, after: { split: 'train' } },
  ],
}

test('a change comes back as it was packed, also as it was packed before', () => {
  expect(unpackChange(packChange(change))).toEqual(change)
  expect(unpackChange(packChange({ do: 'allow', rows: [] }))).toEqual({ do: 'allow', rows: [] })
  expect(unpackChange(deflateRawSync(JSON.stringify(change)))).toEqual(change)
})

test('a change may be longer than a string', { skip: !process.env.UNROLL_LONG }, () => {
  const inputs = JSON.stringify('a'.repeat(1 << 20))
  const rows = Array.from({ length: 600 }, (_, k) => ({ id: k + 1, before: null, after: { ...row, inputs } }))
  const { rows: back } = unpackChange(packChange({ do: 'freeze', rows }))
  expect(back).toHaveLength(600)
  expect(back.at(-1)).toEqual(rows.at(-1))
})
