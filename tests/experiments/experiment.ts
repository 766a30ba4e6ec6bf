import type { Compute } from '../../main/engine/layers/layer.ts'

/** What an experiment computes with, and how much time it may take. */
export interface Bench {
  readonly compute: Compute
  /** A version of seconds for the tests: smaller, the same code and the same rules. */
  readonly short: boolean
  /** Says how far it is; overwritten by the next. */
  progress(text: string): void
}

/**
 * `reached`: the row's rule holds. `not reached`: training ended before it held, so more of it or another
 * setting might. `differs`: what came out is not what was published.
 */
export type Verdict = 'reached' | 'not reached' | 'differs'

/** One published figure beside ours. */
export interface Row {
  /** What was published: "74,000 sequences, 1 of 2560 wrong". */
  readonly target: string
  /** What came out here. */
  readonly ours: string
  /** What has to hold for `reached`; the verdict is computed from nothing else. */
  readonly rule: string
  /** Training sequences that were needed; absent where nothing was trained. */
  readonly sequences?: number
  readonly verdict: Verdict
  /** The set-up, and where it is not the published one. */
  readonly remark?: string
}

/** A published result. One file each, one line in registry.ts. */
export interface Experiment {
  readonly id: string
  readonly title: string
  readonly source: string
  /** Has no version short enough for the tests. */
  readonly long?: boolean
  run(bench: Bench): Row[]
}

export const verdict = (holds: boolean, otherwise: Exclude<Verdict, 'reached'> = 'differs'): Verdict =>
  holds ? 'reached' : otherwise

export const thousands = (count: number): string => count.toLocaleString('en-US')
