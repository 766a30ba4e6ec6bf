import type { Compute } from '../../main/engine/layers/layer.ts'

/** What an experiment computes with, and how much time it may take. */
export interface Bench {
  readonly compute: Compute
  /** A version of minutes for the tests: smaller, the same code and the same verdicts. */
  readonly short: boolean
  /** Says how far it is; overwritten by the next. */
  progress(text: string): void
}

/** One published figure beside ours. */
export interface Row {
  /** What was published: "at most 74,000 sequences". */
  readonly target: string
  /** What came out here. */
  readonly ours: string
  /** Training sequences that were needed; absent where nothing was trained. */
  readonly sequences?: number
  readonly verdict: 'reproduced' | 'differs'
  /** Where ours is not the published set-up, and in what. */
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

export const verdict = (holds: boolean): Row['verdict'] => (holds ? 'reproduced' : 'differs')

export const thousands = (count: number): string => count.toLocaleString('en-US')
