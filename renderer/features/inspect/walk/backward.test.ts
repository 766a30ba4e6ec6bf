import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../../shared/ndarray.ts'
import { en } from '../../../i18n/en.ts'
import type { RunSignals } from '../run-signals.ts'
import { signal } from '../signals.ts'
import { walkOf } from './registry.ts'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const activations = {
  tanh: Math.tanh,
  sigmoid,
  relu: (x: number) => Math.max(0, x),
  identity: (x: number) => x,
} as const

/** What each way out of a step carries, by its id. */
function exitsOf(run: object, names: Readonly<Record<string, readonly number[]>>): Readonly<Record<string, number>> {
  const signals = Object.fromEntries(
    Object.entries(names).map(([name, values]) => [name, signal(values.length, 1, Float64Array.from(values) as never)]),
  )
  const entry = { units: 1, gates: [], activation: 'tanh', ...run, signal: (name: string) => signals[name] }
  const cell = (entry as unknown as RunSignals).run.cell
  const { leaves } = walkOf(cell)({ run: entry as unknown as RunSignals, unit: 0, at: 1, norms: false }, en)
  return Object.fromEntries(leaves.map(({ id, value }) => [id, value]))
}

/** The slope of a function of one number at 0, by central differences. */
const slope = (f: (nudge: number) => number): number => (f(1e-5) - f(-1e-5)) / 2e-5
const number = fc.double({ min: -2, max: 2, noNaN: true })

describe('the ways out of a GRU', () => {
  test.each(['gru', 'gru-original'])('%s: the belt, the update gate’s sum and the candidate’s', (cell) => {
    fc.assert(
      fc.property(fc.record({ z: number, n: number, h0: number, dh: number }), ({ z, n, h0, dh }) => {
        /** The loss dh · h_1, h_1 = (1 - z) n + z h_0, with nudges of both sums and of the old state on the belt. */
        const loss = (nudge: Readonly<Partial<Record<'z' | 'n' | 'h', number>>>) => {
          const gate = sigmoid(z + (nudge.z ?? 0))
          return dh * ((1 - gate) * Math.tanh(n + (nudge.n ?? 0)) + gate * (h0 + (nudge.h ?? 0)))
        }
        const exits = exitsOf(
          { run: { cell } },
          {
            hidden: [h0, loss({}) / dh],
            'gates.update': [0.5, sigmoid(z)],
            'gates.candidate': [0, Math.tanh(n)],
            'gates.reset': [0.5, 0.5],
            'grad.hidden': [0, dh],
          },
        )
        expect(exits.belt).toBeCloseTo(
          slope((h) => loss({ h })),
          6,
        )
        expect(exits.update).toBeCloseTo(
          slope((z) => loss({ z })),
          6,
        )
        expect(exits.candidate).toBeCloseTo(
          slope((n) => loss({ n })),
          6,
        )
      }),
    )
  })
})

describe('the ways out of a plain cell', () => {
  test.each(Object.keys(activations) as (keyof typeof activations)[])('%s: its sum, and its own old state', (name) => {
    const act = activations[name]
    fc.assert(
      fc.property(fc.record({ u: number, drive: number, h0: number, dh: number }), ({ u, drive, h0, dh }) => {
        const sum = u * h0 + drive
        // ReLU has no slope at its corner.
        fc.pre(name !== 'relu' || Math.abs(sum) > 1e-3)
        const loss = (nudge: { readonly sum?: number; readonly h?: number }) =>
          dh * act(u * (h0 + (nudge.h ?? 0)) + drive + (nudge.sum ?? 0))
        const exits = exitsOf(
          { run: { cell: 'rnn' }, activation: name, recurrent: ndarray([1, 1], Float64Array.of(u) as never) },
          { hidden: [h0, act(sum)], 'grad.hidden': [0, dh] },
        )
        expect(exits.slope).toBeCloseTo(
          slope((nudge) => loss({ sum: nudge })),
          6,
        )
        expect(exits.own).toBeCloseTo(
          slope((h) => loss({ h })),
          6,
        )
        // With one unit its own is all of h_{t-1}; its size.
        expect(Math.abs(exits.all as number)).toBeCloseTo(Math.abs(exits.own as number), 9)
      }),
    )
  })
})
