import { expect, test } from 'vitest'
import { distanceOf, mostChanged, type RunSignals } from './run-signals.ts'
import { type Signal, signal } from './signals.ts'

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
