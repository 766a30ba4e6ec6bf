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

/** Blocks of the rows of W_hh: PyTorch's order; coupled cells have no input gate of their own. */
const blocks: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  lstm: { i: 0, f: 1, g: 2, o: 3 },
  'lstm-coupled': { f: 0, g: 1, o: 2 },
}

const letters = { f: 'f_t', i: 'i_t', g: '\\tilde c_t', o: 'o_t' } as const
const names = { f: 'gates.forget', i: 'gates.input', g: 'gates.candidate', o: 'gates.output' } as const

/** The layer's formula, and for one unit its sum: what the old state gave, then the input and the rest. */
function layer(place: Place, gate: keyof typeof letters, t: Messages): string[] {
  const { cell } = place.run.run
  const act = gate === 'g' ? '\\tanh' : '\\sigma'
  const sees = cell === 'lstm-peephole' && gate !== 'g' ? ` + p_${gate} c_{${gate === 'o' ? 't' : 't-1'}}` : ''
  const index = gate === 'g' ? 'c' : gate
  const formula = `${letters[gate]} = ${act}(U_${index} h_{t-1} + W_${index} x_t + b_${index}${sees})`
  const block = (blocks[cell] ?? blocks.lstm)?.[gate]
  if (place.norms || block === undefined) return [formula]
  const value = valueAt(place)(names[gate], place.at, place.unit)
  const held = holding(place)(names[gate], place.unit)
  if (held) return [heldFormula(letters[gate].slice(0, -2), held, tex(value), t)]
  const recurrent = recalled(place, block, place.unit)
  const rest = (gate === 'g' ? artanh(value) : logit(value)) - recurrent
  return Number.isNaN(rest) ? [formula] : [formula, `= ${act}(${tex(recurrent)} ${term(rest)}) = ${tex(value)}`]
}

/**
 * A step of an LSTM and of its variants, forwards and backwards. What leaves on the way back are the derivatives
 * of c_t = f c_{t-1} + i c̃ and h_t = o tanh(c_t) times what arrived.
 */
export const lstmWalk: MakeWalk = (place, t) => {
  const { run, at, norms, unit } = place
  const coupled = run.run.cell === 'lstm-coupled'
  const value = valueAt(place)
  const read = reading(place)
  const now = (name: string) => (u: number) => value(name, at, u)
  const f = now(names.f)
  const i = now(names.i)
  const g = now(names.g)
  const o = now(names.o)
  const c = now('cell')
  const before = (u: number) => value('cell', at - 1, u)
  const one = { f: f(unit), i: i(unit), g: g(unit), o: o(unit), c: c(unit), before: before(unit) }
  const hold = holding(place)
  const [heldCell, heldHidden] = norms ? [] : [hold('cell', unit), hold('hidden', unit)]
  const kept = coupled ? '(1 - f_t)' : 'i_t'
  const stages: Stage[] = [
    {
      id: 'forget',
      title: t.inspect.forgetStep,
      note: t.inspect.forgetNote,
      results: [{ symbol: 'f_t', value: read(f) }],
      formulas: layer(place, 'f', t),
    },
    {
      id: 'store',
      title: t.inspect.storeStep,
      note: t.inspect.storeNote,
      results: [
        { symbol: 'i_t', value: read(i) },
        { symbol: '\\tilde c_t', value: read(g) },
      ],
      formulas: [...(coupled ? ['i_t = 1 - f_t'] : layer(place, 'i', t)), ...layer(place, 'g', t)],
    },
    {
      id: 'update',
      title: t.inspect.updateStep,
      note: '',
      results: [{ symbol: 'c_t', value: read(c), name: 'c' }],
      formulas: [
        ...(heldCell ? [heldFormula('c', heldCell, tex(one.c), t)] : [`c_t = f_t c_{t-1} + ${kept}\\,\\tilde c_t`]),
        ...(norms || heldCell
          ? []
          : [
              `= ${tex(one.f)} \\cdot ${factor(one.before)} + ${tex(one.i)} \\cdot ${factor(one.g)}`,
              `= ${tex(one.f * one.before)} ${term(one.i * one.g)} = ${tex(one.c)}`,
            ]),
      ],
    },
    {
      id: 'output',
      title: t.inspect.outputStep,
      note: '',
      results: [
        { symbol: 'o_t', value: read(o) },
        { symbol: 'h_t', value: read(now('hidden')), name: 'h' },
      ],
      formulas: [
        ...layer(place, 'o', t),
        heldHidden ? heldFormula('h', heldHidden, tex(now('hidden')(unit)), t) : 'h_t = o_t \\tanh(c_t)',
        ...(norms || heldHidden
          ? []
          : [`= ${tex(one.o)} \\cdot ${factor(Math.tanh(one.c))} = ${tex(one.o * Math.tanh(one.c))}`]),
      ],
    },
  ]
  const dc = now('grad.cell')
  const dh = now('grad.hidden')
  const peephole = run.run.cell === 'lstm-peephole'
  const arrives = [
    { id: 'direct', formula: 'f_{t+1}\\,\\partial L/\\partial c_{t+1}', value: read(now('grad.cell.direct')) },
    {
      id: 'hidden',
      formula: '\\partial L/\\partial h_t\\; o_t(1-\\tanh^2 c_t)',
      value: read(now('grad.cell.through_hidden')),
    },
    ...(peephole ? [{ id: 'peepholes', formula: 'p_i,\\,p_f', value: read(now('grad.cell.through_peepholes')) }] : []),
  ]
  /** What leaves through a gate's sum: nothing where the gate, or the state that it makes, is held. */
  const through = (gate: keyof typeof names, state: 'cell' | 'hidden', size: (u: number) => number) =>
    read((u) => (hold(names[gate], u) || hold(state, u) ? 0 : size(u)))
  const onBelt = (u: number) => ({ set: 0, kept: 1, free: f(u) })[hold('cell', u) ?? 'free']
  const toForget = (u: number) => dc(u) * (before(u) - (coupled ? g(u) : 0)) * f(u) * (1 - f(u))
  const leaves = [
    { id: 'belt', formula: 'f_t\\,\\partial L/\\partial c_t', value: read((u) => onBelt(u) * dc(u)) },
    {
      id: 'forget',
      formula: coupled
        ? "(c_{t-1} - \\tilde c_t)\\,\\sigma'_f\\,\\partial L/\\partial c_t"
        : "c_{t-1}\\,\\sigma'_f\\,\\partial L/\\partial c_t",
      value: through('f', 'cell', toForget),
    },
    ...(coupled
      ? []
      : [
          {
            id: 'input',
            formula: "\\tilde c_t\\,\\sigma'_i\\,\\partial L/\\partial c_t",
            value: through('i', 'cell', (u) => dc(u) * g(u) * i(u) * (1 - i(u))),
          },
        ]),
    {
      id: 'candidate',
      formula: "i_t\\,\\tanh'\\,\\partial L/\\partial c_t",
      value: through('g', 'cell', (u) => dc(u) * i(u) * (1 - g(u) ** 2)),
    },
    {
      id: 'output',
      formula: "\\tanh(c_t)\\,\\sigma'_o\\,\\partial L/\\partial h_t",
      value: through('o', 'hidden', (u) => dh(u) * Math.tanh(c(u)) * o(u) * (1 - o(u))),
    },
  ]
  return { stages, arrives, leaves }
}
