import type { Messages } from '../../i18n/en.ts'
import type { RunSignals } from './run-signals.ts'
import { stavesOf } from './staves.ts'

/** Shares of all values of a gate or state in twenty equal parts from `low` to 1. */
export interface Histogram {
  readonly name: string
  readonly symbol: string
  readonly text: string
  readonly low: 0 | -1
  readonly shares: Float32Array
}

/** Of a batch view's run; none of an example, whose trace has no histograms. */
export const histogramsOf = (run: RunSignals, t: Messages): readonly Histogram[] =>
  stavesOf(run, t).flatMap(({ name, symbol, text, scale }) => {
    const shares = run.values(`histogram.${name}`)
    if (!shares) return []
    return [{ name, symbol: name === 'cell' ? 'tanh c' : symbol, text, low: scale === 'gate' ? 0 : -1, shares }]
  })
