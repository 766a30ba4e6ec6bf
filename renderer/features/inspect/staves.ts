import type { Messages } from '../../i18n/en.ts'
import type { Rule } from '../../viz/aggregate.ts'
import { reading, significant } from '../../viz/numbers.ts'
import type { RunSignals } from './run-signals.ts'
import { largestIn, type Signal } from './signals.ts'

/** One row of a score: a signal by its name in the trace, and how it is written and coloured. */
export interface Stave {
  readonly name: string
  readonly symbol: string
  readonly text: string
  readonly scale: Rule
  /** The value at the end of a signed scale. */
  readonly limit: number
  readonly write: (value: number) => string
  readonly signal: Signal
}

/** Gates in the order a person reads them, with the letters of the literature. */
const gateOrder = ['forget', 'input', 'reset', 'update', 'candidate', 'output']
const letters: Readonly<Record<string, string>> = { forget: 'f', input: 'i', output: 'o', reset: 'r', update: 'z' }

/** The letter of a gate; the candidate is c̃ where there is a cell state, n (PyTorch's) where there is none. */
export const gateSymbol = (gate: string, hasCellState: boolean): string =>
  gate === 'candidate' ? (hasCellState ? 'c̃' : 'n') : (letters[gate] ?? gate)

/** What a signal's values say of its scale, for a gate that no one described: 0 to 1, or signed. */
function scaleOf(gate: string, signal: Signal): Stave['scale'] {
  if (gate === 'candidate') return 'signed'
  if (gate in letters) return 'gate'
  return signal.data.some((value) => value < 0) ? 'signed' : 'gate'
}

type Written = Omit<Stave, 'limit' | 'write'>

/** On the scale that all share; of a difference signed, up to its own largest value. */
function onScale({ isDifference = false }: Pick<RunSignals, 'isDifference'>, stave: Written): Stave {
  // Of any size: a gradient, or what is left of one value less another.
  const write = isDifference || stave.name.startsWith('grad.') ? significant : reading
  // h too: what no tanh bounds may grow beyond 1.
  const isOpen = isDifference || stave.name === 'cell' || stave.name === 'hidden'
  const largest = isOpen ? largestIn(stave.signal) : 1
  return isDifference
    ? { ...stave, scale: 'signed', limit: largest || 1, write }
    : { ...stave, limit: Math.max(1, Math.ceil(largest)), write }
}

/** Every signal of a run, in reading order: the cell state where there is one, the gates, the hidden state. */
export function stavesOf(run: Pick<RunSignals, 'gates' | 'signal' | 'isDifference'>, t: Messages): Stave[] {
  const place = (gate: string) => (gateOrder.includes(gate) ? gateOrder.indexOf(gate) : gateOrder.length)
  const cell = run.signal('cell')
  const hidden = run.signal('hidden')
  const gates = [...run.gates].sort((a, b) => place(a) - place(b))
  const written: Written[] = [
    ...(cell ? [{ name: 'cell', symbol: 'c', text: t.inspect.cell, scale: 'signed' as const, signal: cell }] : []),
    ...gates.flatMap((gate) => {
      const signal = run.signal(`gates.${gate}`)
      if (!signal) return []
      const text = t.inspect.gates[gate] ?? gate
      return [{ name: `gates.${gate}`, symbol: gateSymbol(gate, !!cell), text, scale: scaleOf(gate, signal), signal }]
    }),
    ...(hidden
      ? [{ name: 'hidden', symbol: 'h', text: t.inspect.hidden, scale: 'signed' as const, signal: hidden }]
      : []),
  ]
  return written.map((stave) => onScale(run, stave))
}

/** What the loss's gradient is of each unit's state, at every step; of c where there is one, of h. */
export function gradientStaves(run: Pick<RunSignals, 'signal' | 'isDifference'>, t: Messages): Stave[] {
  const states = [
    ['cell', 'c', t.inspect.cell],
    ['hidden', 'h', t.inspect.hidden],
  ] as const
  return states.flatMap(([state, letter, text]) => {
    const signal = run.signal(`grad.${state}`)
    if (!signal) return []
    return [onScale(run, { name: `grad.${state}`, symbol: `∂L/∂${letter}`, text, scale: 'gradient', signal })]
  })
}
