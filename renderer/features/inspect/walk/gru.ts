import type { Messages } from '../../../i18n/en.ts'
import {
  artanh,
  heldFormula,
  holding,
  logit,
  type MakeWalk,
  type Place,
  reading,
  recalled,
  type Stage,
  valueAt,
} from './stage.ts'
import { factor, term, tex } from './tex.ts'

/** A gate's formula, and for one unit its sum: what the old state gave, then the rest. */
function gate(place: Place, letter: 'r' | 'z', name: string, block: number, t: Messages): string[] {
  const formula = `${letter}_t = \\sigma(U_${letter} h_{t-1} + W_${letter} x_t + b_${letter})`
  if (place.norms) return [formula]
  const value = valueAt(place)(name, place.at, place.unit)
  const held = holding(place)(name, place.unit)
  if (held) return [heldFormula(letter, held, tex(value), t)]
  const recurrent = recalled(place, block, place.unit)
  const rest = logit(value) - recurrent
  return Number.isNaN(rest) ? [formula] : [formula, `= \\sigma(${tex(recurrent)} ${term(rest)}) = ${tex(value)}`]
}

/** A step of a GRU: reset, candidate, update, state. What leaves backwards are the derivatives of h = (1 − z) n + z h. */
export const gruWalk: MakeWalk = (place, t) => {
  const { run, at, unit, norms } = place
  const original = run.run.cell === 'gru-original'
  const value = valueAt(place)
  const read = reading(place)
  const now = (name: string) => (u: number) => value(name, at, u)
  const r = now('gates.reset')
  const z = now('gates.update')
  const n = now('gates.candidate')
  const h = now('hidden')
  const before = (u: number) => value('hidden', at - 1, u)
  const last = (run.signal('hidden')?.steps ?? 0) - 1
  const candidate = original
    ? 'n_t = \\tanh(U_n (r_t h_{t-1}) + W_n x_t + b_n)'
    : 'n_t = \\tanh(r_t (U_n h_{t-1} + b_{hn}) + W_n x_t + b_n)'
  const sum = artanh(n(unit))
  const hold = holding(place)
  const [heldCandidate, heldHidden] = norms ? [] : [hold('gates.candidate', unit), hold('hidden', unit)]
  const stages: Stage[] = [
    {
      id: 'forget',
      title: t.inspect.resetStep,
      note: t.inspect.resetNote,
      results: [{ symbol: 'r_t', value: read(r) }],
      formulas: gate(place, 'r', 'gates.reset', 0, t),
    },
    {
      id: 'store',
      title: t.inspect.candidateStep,
      note: t.inspect.candidateNote,
      results: [{ symbol: 'n_t', value: read(n) }],
      formulas: heldCandidate
        ? [heldFormula('n', heldCandidate, tex(n(unit)), t)]
        : [candidate, ...(norms || Number.isNaN(sum) ? [] : [`= \\tanh(${tex(sum)}) = ${tex(n(unit))}`])],
    },
    {
      id: 'update',
      title: t.inspect.updateStep,
      note: t.inspect.mixNote,
      results: [{ symbol: 'z_t', value: read(z) }],
      formulas: gate(place, 'z', 'gates.update', 1, t),
    },
    {
      id: 'output',
      title: t.inspect.stateStep,
      note: '',
      results: [{ symbol: 'h_t', value: read(h), name: 'h' }],
      formulas: [
        heldHidden ? heldFormula('h', heldHidden, tex(h(unit)), t) : 'h_t = (1 - z_t)\\,n_t + z_t h_{t-1}',
        ...(norms || heldHidden
          ? []
          : [
              `= ${tex(1 - z(unit))} \\cdot ${factor(n(unit))} + ${tex(z(unit))} \\cdot ${factor(before(unit))} = ${tex(h(unit))}`,
            ]),
      ],
    },
  ]
  const dh = now('grad.hidden')
  /** What of dL/dh at a step goes straight on to the step before: all of it where the state is kept. */
  const straight = (when: number, u: number) => {
    const share = { set: 0, kept: 1, free: value('gates.update', when, u) }[hold('hidden', u, when) ?? 'free']
    return share * value('grad.hidden', when, u)
  }
  const direct = (u: number) => (at < last ? straight(at + 1, u) : 0)
  /** What leaves through a gate's sum: nothing where the gate, or the state, is held. */
  const through = (name: string, size: (u: number) => number) =>
    read((u) => (hold(name, u) || hold('hidden', u) ? 0 : size(u)))
  const arrives = [
    { id: 'direct', formula: 'z_{t+1}\\,\\partial L/\\partial h_{t+1}', value: read(direct) },
    {
      id: 'rest',
      formula: '\\partial L/\\partial h_t - z_{t+1}\\,\\partial L/\\partial h_{t+1}',
      value: read((u) => dh(u) - direct(u)),
    },
  ]
  const leaves = [
    { id: 'belt', formula: 'z_t\\,\\partial L/\\partial h_t', value: read((u) => straight(at, u)) },
    {
      id: 'update',
      formula: "(h_{t-1} - n_t)\\,\\sigma'_z\\,\\partial L/\\partial h_t",
      value: through('gates.update', (u) => dh(u) * (before(u) - n(u)) * z(u) * (1 - z(u))),
    },
    {
      id: 'candidate',
      formula: "(1 - z_t)\\,\\tanh'\\,\\partial L/\\partial h_t",
      value: through('gates.candidate', (u) => dh(u) * (1 - z(u)) * (1 - n(u) ** 2)),
    },
  ]
  return { stages, arrives, leaves }
}
