import { describe, expect, test } from 'vitest'
import { memoryHorizon } from '../../viz/horizon.ts'
import type { RunSignals } from './run-signals.ts'
import { type Signal, signal } from './signals.ts'
import { likeness, orderedUnits, saturations, unitHorizons, withUnit } from './units.ts'

const of = (rows: readonly (readonly number[])[]): Signal =>
  signal(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()))
const run = (signals: Readonly<Record<string, Signal>>, gates: readonly string[] = []): RunSignals =>
  ({
    units: Object.values(signals)[0]?.units ?? 0,
    gates,
    signal: (name: string) => signals[name],
  }) as unknown as RunSignals

describe('units are put in order', () => {
  test('by number, the ones with the largest gradient alone where there are too many', () => {
    const gradient = of([Array.from({ length: 32 }, (_, unit) => (unit % 2 ? unit : 0))])
    const many = run({ 'grad.hidden': gradient, hidden: gradient })
    expect(orderedUnits(many, 'number', 0, 12)).toEqual([9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31])
    expect(orderedUnits(many, 'gradient', 0, 3)).toEqual([31, 29, 27])
  })

  test('with the one that is looked at among them', () => {
    expect(withUnit([9, 11, 31], 11, 'number')).toEqual([9, 11, 31])
    expect(withUnit([9, 11, 31], 4, 'number')).toEqual([4, 9, 11])
    expect(withUnit([31, 29, 27], 4, 'gradient')).toEqual([31, 29, 4])
  })

  test('by saturation: the share of steps at which gates, or the state without gates, are flat', () => {
    const gate = of([
      [0.05, 0.5],
      [0.95, 0.99],
    ])
    expect(saturations(run({ 'gates.forget': gate }, ['forget', 'candidate']))).toEqual([1, 0.5])
    expect(
      saturations(
        run({
          hidden: of([
            [0.95, 0],
            [-0.95, 0.95],
          ]),
        }),
      ),
    ).toEqual([1, 0.5])
  })

  test('by the horizon of their own gradient, undefined ones last', () => {
    const gradient = of([
      [1, 0, 1],
      [1, 0.001, 1],
      [1, -1, 0],
    ])
    expect(unitHorizons(gradient)).toEqual([3, 1, Number.NaN])
    expect(orderedUnits(run({ 'grad.hidden': gradient, hidden: gradient }), 'horizon', 0, 3)).toEqual([0, 1, 2])
    const falls = [0.9, 0.5, 1, 3, 0, Number.NaN].map((factor) =>
      Float32Array.from({ length: 40 }, (_, t) => (t % 2 ? 1 : -1) * factor ** (39 - t)),
    )
    falls.push(Float32Array.from({ length: 40 }, (_, t) => (t < 7 ? Number.NaN : 1)))
    const rows = Array.from({ length: 40 }, (_, t) => falls.map((fall) => fall[t] as number))
    expect(unitHorizons(of(rows))).toEqual(falls.map((fall) => memoryHorizon(fall.map(Math.abs))))
  })

  test('by likeness to one: correlation over time, 0 for a unit that never changes', () => {
    const state = of([
      [0, 1, 5, 3],
      [1, 0, 5, 5],
      [2, -1, 5, 7],
    ])
    expect(likeness(state, 0).map((value) => Number(value.toFixed(6)))).toEqual([1, -1, 0, 1])
    expect(orderedUnits(run({ 'grad.hidden': state, hidden: state }), 'similarity', 0, 4)).toEqual([0, 3, 2, 1])
  })
})
