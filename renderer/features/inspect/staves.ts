import type { Messages } from '../../i18n/en.ts'
import type { RunSignals } from './inspection.svelte.ts'
import type { Signal } from './signals.ts'

/** One row of a score: a signal by its name in the trace, and how it is written and coloured. */
export interface Stave {
  readonly name: string
  readonly symbol: string
  readonly text: string
  readonly scale: 'signed' | 'gate'
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
  for (let t = 0; t < signal.steps; t += 1) {
    for (let unit = 0; unit < signal.units; unit += 1) if (signal.at(t, unit) < 0) return 'signed'
  }
  return 'gate'
}

/** Every signal of a run, in reading order: the cell state where there is one, the gates, the hidden state. */
export function stavesOf(run: RunSignals, t: Messages): Stave[] {
  const place = (gate: string) => (gateOrder.includes(gate) ? gateOrder.indexOf(gate) : gateOrder.length)
  const cell = run.signal('cell')
  const hidden = run.signal('hidden')
  const gates = [...run.gates].sort((a, b) => place(a) - place(b))
  return [
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
}
