import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../../shared/ndarray.ts'
import { en } from '../../../i18n/en.ts'
import type { RunSignals } from '../run-signals.ts'
import { signal } from '../signals.ts'
import { walkOf } from './registry.ts'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/** Two steps of an LSTM of one unit, by its own equations: f, i, g, o at step 1 from U h_0 and a drive. */
const u = { i: 0.5, f: -1, g: 2, o: 0.25 }
const drive = { i: 0.2, f: 1, g: -0.5, o: 0.7 }
const h0 = 0.4
const c0 = -0.8
const gates = {
  i: sigmoid(u.i * h0 + drive.i),
  f: sigmoid(u.f * h0 + drive.f),
  g: Math.tanh(u.g * h0 + drive.g),
  o: sigmoid(u.o * h0 + drive.o),
}
const c1 = gates.f * c0 + gates.i * gates.g
const dh = 0.3
const dc = dh * gates.o * (1 - Math.tanh(c1) ** 2)
const of = (...values: number[]) => signal(2, 1, Float32Array.from(values))
const signals: Readonly<Record<string, ReturnType<typeof of>>> = {
  hidden: of(h0, gates.o * Math.tanh(c1)),
  cell: of(c0, c1),
  'gates.forget': of(0.5, gates.f),
  'gates.input': of(0.5, gates.i),
  'gates.candidate': of(0, gates.g),
  'gates.output': of(0.5, gates.o),
  'grad.cell': of(0, dc),
  'grad.hidden': of(0, dh),
  'grad.cell.direct': of(0, 0),
  'grad.cell.through_hidden': of(0, dc),
}
const run = {
  run: { cell: 'lstm' },
  units: 1,
  gates: [],
  recurrent: ndarray([4, 1], Float32Array.of(u.i, u.f, u.g, u.o)),
  signal: (name: string) => signals[name],
} as unknown as RunSignals
const walk = walkOf('lstm')({ run, unit: 0, at: 1, norms: false }, en)

describe('the walk through an LSTM', () => {
  test('splits a gate’s sum into what the old state gave and the rest', () => {
    expect(walk.stages[0]?.formulas[1]).toBe(`= \\sigma(-0.400 + 1.000) = ${gates.f.toFixed(3)}`)
    expect(walk.stages[1]?.formulas).toContain(`= \\tanh(0.800 - 0.500) = ${gates.g.toFixed(3)}`)
    expect(walk.stages[2]?.results[0]?.value).toBeCloseTo(c1)
  })

  test('lets the gradient leave by the derivatives of its equations', () => {
    /** The loss dh · h_1 as a function of the four sums and of c_0, differentiated by differences. */
    const loss = (nudge: Readonly<Partial<Record<'i' | 'f' | 'g' | 'o' | 'c', number>>>) => {
      const at = (gate: keyof typeof u) => u[gate] * h0 + drive[gate] + (nudge[gate] ?? 0)
      const c = sigmoid(at('f')) * (c0 + (nudge.c ?? 0)) + sigmoid(at('i')) * Math.tanh(at('g'))
      return dh * sigmoid(at('o')) * Math.tanh(c)
    }
    const slope = (of: 'i' | 'f' | 'g' | 'o' | 'c') => (loss({ [of]: 1e-5 }) - loss({ [of]: -1e-5 })) / 2e-5
    const exits = Object.fromEntries(walk.leaves.map(({ id, value }) => [id, value]))
    expect(exits.belt).toBeCloseTo(slope('c'), 6)
    expect(exits.forget).toBeCloseTo(slope('f'), 6)
    expect(exits.input).toBeCloseTo(slope('i'), 6)
    expect(exits.candidate).toBeCloseTo(slope('g'), 6)
    expect(exits.output).toBeCloseTo(slope('o'), 6)
  })
})

test('a cell that no walk is written for shows its signals', () => {
  const other = walkOf('mine')({ run: { ...run, gates: ['forget'] }, unit: 0, at: 1, norms: true }, en)
  expect(other.stages.map(({ title }) => title)).toEqual(['cell state', 'forget gate', 'hidden state'])
  expect(other.leaves).toEqual([])
})
