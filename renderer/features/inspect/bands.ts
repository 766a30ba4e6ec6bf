import type { RunSummary } from '../../../shared/contract.ts'
import { memoryHorizon } from '../../viz/horizon.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { RunSignals } from './run-signals.ts'
import { gateProductNorms, normsOf, relative } from './signals.ts'

/** One line of the gradient spine: norms over units at every time step. */
export interface Band {
  readonly run: RunSummary
  readonly kind: 'hidden' | 'cell' | 'product'
  /** Of a product: the letter of its gate. */
  readonly symbol?: string
  readonly norms: Float32Array
  /**
   * Memory horizon in steps: of a state that of its flow, which with an answer at every step is the last one's alone;
   * NaN where it is undefined.
   */
  readonly horizon: number
}

/** dL/dh_t and, where the cell has a c, dL/dc_t of every run, and what its gates alone let through. */
export function bandsOf(runs: readonly RunSignals[], asShares: boolean): Band[] {
  return runs.flatMap(({ run, signal, values }): Band[] => {
    const shown = (norms: Float32Array) => (asShares ? relative(norms) : norms)
    const horizon = (state: 'hidden' | 'cell') => values(`horizon.${state}`)?.[0] ?? Number.NaN
    const hidden = signal('grad.hidden')
    const cell = signal('grad.cell')
    // The gate that carries the state on, and the gradient of what it carries.
    const [symbol, gate, carried] = cell
      ? (['f', signal('gates.forget'), cell] as const)
      : (['z', signal('gates.update'), hidden] as const)
    // A batch's mean norms, which are not the norms of its means; and a mean of gates has no product to show.
    const [hiddenMean, cellMean] = [values('norm.hidden'), values('norm.cell')]
    if (hiddenMean) {
      return [
        { run, kind: 'hidden', norms: shown(hiddenMean), horizon: horizon('hidden') },
        ...(cellMean ? [{ run, kind: 'cell' as const, norms: shown(cellMean), horizon: horizon('cell') }] : []),
      ]
    }
    return [
      ...(hidden ? [{ run, kind: 'hidden' as const, norms: shown(normsOf(hidden)), horizon: horizon('hidden') }] : []),
      ...(cell ? [{ run, kind: 'cell' as const, norms: shown(normsOf(cell)), horizon: horizon('cell') }] : []),
      ...(carried && gate ? [productOf(run, symbol, gateProductNorms(gate, carried), shown)] : []),
    ]
  })
}

const productOf = (
  run: RunSummary,
  symbol: string,
  norms: Float32Array,
  shown: (norms: Float32Array) => Float32Array,
) => ({ run, kind: 'product', symbol, norms: shown(norms), horizon: memoryHorizon(norms) }) as const

/** The one scale of all of them: the decade above the largest finite value, at least 1 for shares. */
export function bandScale(bands: readonly Band[], asShares: boolean): LogScale {
  let largest = 0
  for (const { norms } of bands) {
    for (const value of norms) if (value > largest && value < Infinity) largest = value
  }
  return asShares ? gradientScale(largest, 0) : gradientScale(largest)
}
