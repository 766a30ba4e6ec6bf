import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { gridRows, spoken } from './grid.ts'
import type { Inspection } from './inspection.svelte.ts'
import { signal } from './signals.ts'

const signals: Readonly<Record<string, ReturnType<typeof signal>>> = {
  cell: signal(2, 2, Float32Array.of(1, 2, 3, 4)),
  hidden: signal(2, 2, Float32Array.of(0.1, 0.2, 0.3, 0.557)),
  'gates.forget': signal(2, 2, Float32Array.of(0.5, 0.6, 0.7, 0.8)),
}
const lstm = {
  run: { name: 'lstm', cell: 'lstm' },
  index: 1,
  gates: ['forget'],
  signal: (name: string) => signals[name],
}
const inspection = {
  batch: null,
  cursor: 1,
  unit: 1,
  runIndex: 1,
  shown: 'values',
  example: { inputs: { shape: [2], data: Float32Array.of(4, 5) }, tokens: ['the', 'bowl'] },
  session: { experiment: { facts: { inputs: { kind: 'tokens' } } } },
  bands: [{ run: lstm.run, kind: 'cell', norms: Float32Array.of(0.004, 1) }],
  runs: [lstm],
  originals: [],
  unitsOf: () => [0, 1],
} as unknown as Inspection

test('the Score is heard from the top down: inputs, bands, staves', () => {
  const rows = gridRows(inspection, en)
  expect(rows.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    'input: token',
    'band: LSTM ∂L/∂c',
    'staff: LSTM, cell state',
    'staff: LSTM, forget gate',
    'staff: LSTM, hidden state',
  ])
  expect(spoken(inspection, rows[0], en)).toBe('time step 2, token, bowl')
  expect(spoken(inspection, rows[1], en)).toBe('bowl, time step 2, LSTM ∂L/∂c, 1.00')
  expect(spoken(inspection, rows[4], en)).toBe('bowl, time step 2, LSTM, hidden state, unit 2, 0.557')
  expect(spoken(inspection, gridRows(inspection, zh)[3], zh)).toBe('bowl，时间步 2，LSTM，遗忘门，单元 2，0.800')
})
