import type { Matrix } from '../../viz/aggregate.ts'
import type { RunSignals } from './run-signals.ts'
import { once, perStep } from './signals.ts'

/** Ways by which a gradient reaches the carried state of a step. */
export type PathId = 'direct' | 'hidden' | 'peepholes' | 'rest'

export interface Path {
  readonly id: PathId
  /** At every step, the sum over units of the size of what arrives by this way. */
  readonly sizes: Float32Array
}

export const sizesOf = once((signal: Matrix) =>
  Float32Array.from(perStep(signal, (sum, value) => sum + Math.abs(value))),
)

/**
 * How dL/dc_t comes together: straight through the forget gate, through h_t, through peepholes. Of a cell without
 * c that keeps a share z of its state (GRU): straight through z, and the rest. Undefined for a cell that has no such way.
 */
export function pathsOf({ signal }: Pick<RunSignals, 'signal'>): readonly Path[] | undefined {
  const direct = signal('grad.cell.direct')
  const hidden = signal('grad.cell.through_hidden')
  if (direct && hidden) {
    const peepholes = signal('grad.cell.through_peepholes')
    return [
      { id: 'direct', sizes: sizesOf(direct) },
      { id: 'hidden', sizes: sizesOf(hidden) },
      ...(peepholes ? [{ id: 'peepholes' as const, sizes: sizesOf(peepholes) }] : []),
    ]
  }
  const update = signal('gates.update')
  const total = signal('grad.hidden')
  if (!update || !total) return undefined
  const kept = (t: number, unit: number) => (t + 1 < total.steps ? update.at(t + 1, unit) * total.at(t + 1, unit) : 0)
  const sum = (value: (t: number, unit: number) => number) =>
    Float32Array.from({ length: total.steps }, (_, t) => {
      let all = 0
      for (let unit = 0; unit < total.units; unit += 1) all += Math.abs(value(t, unit))
      return all
    })
  return [
    { id: 'direct', sizes: sum(kept) },
    { id: 'rest', sizes: sum((t, unit) => total.at(t, unit) - kept(t, unit)) },
  ]
}

/** Each way's share of a stretch of steps, 0 to 1; all 0 where nothing arrives, NaN where it is not finite. */
export function sharesOver(paths: readonly Path[], from: number, to: number): number[] {
  const sums = paths.map(({ sizes }) => sizes.subarray(from, to).reduce((sum, value) => sum + value, 0))
  const all = sums.reduce((sum, value) => sum + value, 0)
  return sums.map((sum) => (all === 0 ? 0 : sum / all))
}
