import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { bandsOf } from './bands.ts'
import { differenceOf, distanceOf, mostChanged, type RunSignals } from './run-signals.ts'
import { type Signal, signal } from './signals.ts'
import { gradientStaves, stavesOf } from './staves.ts'

const of = (...rows: readonly (readonly number[])[]): Signal =>
  signal(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()))
const run = (signals: Readonly<Record<string, Signal>>) =>
  ({ signal: (name: string) => signals[name] }) as unknown as RunSignals
const still = of([0, 0, 0], [0, 0, 0])
const moved = of([0, 0.5, 0.6], [0, -0.5, 0])

test('the unit that a change moves most is found over all steps, in c where there is one', () => {
  expect(mostChanged(run({ cell: moved, hidden: still }), run({ cell: still, hidden: still }))).toBe(1)
  expect(mostChanged(run({ hidden: moved }), run({ hidden: still }))).toBe(1)
})

test('how far two states are from each other is the norm over units at each step', () => {
  const [first, second] = distanceOf(run({ hidden: moved }), run({ hidden: still }))
  expect(first).toBeCloseTo(Math.hypot(0.5, 0.6))
  expect(second).toBeCloseTo(0.5)
})

test('a difference is written with as many digits at any size, also of a gradient', () => {
  const [after, before] = [of([0.5]), of([0.5 - 2.5e-7])].map((value) => run({ 'grad.hidden': value, hidden: value }))
  const difference = { ...differenceOf(after as RunSignals, before as RunSignals), gates: [] }
  const staves = [...stavesOf(difference, en), ...gradientStaves(difference, en)]
  expect(staves.map(({ write, signal }) => write(signal.at(0, 0)))).toEqual(['2.384·10⁻⁷', '2.384·10⁻⁷'])
})

test('the horizon beside a band is that of the flow, whatever else the loss asks of earlier steps', () => {
  const values = (name: string) => (name === 'horizon.hidden' ? Float32Array.of(1) : undefined)
  const [band] = bandsOf([{ ...run({ 'grad.hidden': of([1], [1], [1]) }), values }], false)
  expect([band?.kind, band?.horizon]).toEqual(['hidden', 1])
})
