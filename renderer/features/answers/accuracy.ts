import type { Answers, Experiment, RunSummary } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import { tagLabel, tagValue } from '../data/tag-text.ts'
import { type Bin, binsOf, type Share, shareIn } from './bins.ts'

/** How often every run is right, by one thing that sorts the examples. */
export interface Accuracy {
  /** As the task names it: `distance`, `attractors`. */
  readonly tag: string
  readonly values: Int32Array
  readonly bins: readonly Bin[]
  /** What there was nothing of beyond this in training; Infinity where training had it all. */
  readonly border: number
  /** Whether an example's score is the share of its steps that are right. */
  readonly ofSteps: boolean
  /** By guessing, over all examples. */
  readonly chance: number
  readonly runs: readonly {
    readonly run: RunSummary
    /** Of each example. */
    readonly scores: Float32Array
    readonly shares: readonly Share[]
  }[]
}

/** Values that stand for themselves before they are put together in ranges. */
const most = 12

/** One for each tag whose examples differ in it. */
export function accuracies(answers: Answers, { facts, spec, runs }: Experiment): readonly Accuracy[] {
  return Object.entries(answers.tags ?? {}).flatMap(([tag, { data: values }]) => {
    const border = tag === 'distance' ? Number(spec.task.maxDistance ?? Infinity) : Infinity
    const bins = binsOf(values, most, border)
    if (bins.length < 2) return []
    return [
      {
        tag,
        values,
        bins,
        border,
        ofSteps: facts.outputs.endsWith('-series') || facts.outputs === 'next-token',
        chance: facts.baselines.test[0]?.metric ?? Number.NaN,
        runs: runs.flatMap((run, k) => {
          const scores = answers.metrics[k]?.data
          return scores ? [{ run, scores, shares: bins.map((bin) => shareIn(bin, values, scores)) }] : []
        }),
      },
    ]
  })
}

export const isBeyond = ({ border }: Accuracy, { from }: Bin): boolean => from > border

export function binName({ tag }: Accuracy, { from, to }: Bin, t: Messages): string {
  return from === to ? tagValue(tag, String(from), t) : `${from}–${to}`
}

/** What the points and their intervals are. */
export const intervalNote = ({ ofSteps }: Accuracy, t: Messages): string =>
  ofSteps ? t.answers.intervalNoteOfSteps : t.answers.intervalNote

export const tagName = ({ tag }: Accuracy, t: Messages): string => tagLabel(tag, t)
