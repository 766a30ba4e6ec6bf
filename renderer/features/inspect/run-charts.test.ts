import { expect, test } from 'vitest'
import type { RunSummary } from '../../../shared/contract.ts'
import { en } from '../../i18n/en.ts'
import type { Compared, Inspection } from './inspection.svelte.ts'
import { pathCharts, staffCharts } from './run-charts.ts'
import { differenceOf, type RunSignals } from './run-signals.ts'
import { type Signal, signal } from './signals.ts'
import { gradientStaves, stavesOf } from './staves.ts'

const of = (...values: readonly number[]): Signal => signal(values.length, 1, Float32Array.from(values))
const run = (signals: Readonly<Record<string, Signal>>) =>
  ({
    run: { name: 'gru', cell: 'gru' } as RunSummary,
    gates: ['update'],
    signal: (name: string) => signals[name],
    values: () => undefined,
  }) as unknown as RunSignals
const original = run({
  hidden: of(0.25, 0.5),
  'gates.update': of(0.5, 0.75),
  'grad.hidden': of(1, 2),
})
const changed = run({
  hidden: of(0.5, -2.5),
  'gates.update': of(0.5, 0.5),
  'grad.hidden': of(1, 4),
})
const difference = differenceOf(changed, original)
const inspection = (drawn: Compared) =>
  ({
    drawn,
    unitsOf: () => [0],
    unitScale: { lo: -6, hi: 0 },
  }) as unknown as Inspection

test('of a difference every staff is signed, up to its own largest value', () => {
  const staves = [...stavesOf(difference, en), ...gradientStaves(difference, en)]
  expect(staves.map(({ name, scale, limit }) => [name, scale, limit])).toEqual([
    ['gates.update', 'signed', 0.25],
    ['hidden', 'signed', 3],
    ['grad.hidden', 'signed', 2],
  ])
  expect(stavesOf(original, en).map(({ scale }) => scale)).toEqual(['gate', 'signed'])
})

test('a chart says of which of the two examples it is, or of their difference', () => {
  const charts = staffCharts(inspection('difference'), difference, en)
  const [gate] = charts
  expect(gate?.id).toBe('gru-gates-update-difference')
  expect(gate?.title).toBe('GRU, z update gate, difference')
  expect(gate?.rows[0]?.label).toBe('z ±0.250')
  expect(Object.keys(gate?.arrays?.() ?? {})).toEqual(['gru.gates.update.difference'])
  expect(charts.some(({ scale }) => scale !== undefined)).toBe(false)
  expect(staffCharts(inspection('changed'), changed, en)[0]?.id).toBe('gru-gates-update-what-if')
  expect(staffCharts(inspection('original'), original, en)[0]?.title).toBe('GRU, z update gate')
})

test('ways of the gradient are those of one run, and there are none of a difference', () => {
  expect(pathCharts(inspection('changed'), changed, en).map(({ id }) => id)).toEqual(['gru-paths-what-if'])
  expect(pathCharts(inspection('difference'), difference, en)).toEqual([])
})
