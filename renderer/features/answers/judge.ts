import type { Baseline, Split, TaskFacts } from '../../../shared/contract.ts'
import { isShare } from '../training/labels.ts'

export type Verdict = 'solved' | 'partly' | 'behind' | 'guessing' | 'worse' | 'broken'

/** A share of right answers from which a task counts as learned, and a loss as a share of guessing's. */
const learnedShare = 0.9
const learnedLoss = 0.1
/** Baselines that know what no network is told: the best there is, not a rule to beat. */
const isFloor = ({ id }: Baseline) => id === 'grammar' || id === 'noise-floor'
/** A loss this close to the best there is counts as learned. */
const nearFloor = 1.25
/** Within this of guessing, a score says nothing. */
const margin = 0.1

interface Score {
  readonly loss: number
  readonly metric: number
}

/** A score in words: against guessing on the same split, in the task's own metric. */
export function judge(facts: TaskFacts, score: Score, split: Split = 'test'): Verdict {
  const guess = facts.baselines[split][0]
  if (!Number.isFinite(score.loss)) return 'broken'
  if (!guess) return 'partly'
  const isWorse = score.loss > guess.loss * (1 + margin)
  if (isShare(facts.metric.id)) {
    if (score.metric >= learnedShare) return 'solved'
    // A share is above guessing, or below it, only where the loss says so too.
    if (score.metric > guess.metric + 0.05 && score.loss < guess.loss * (1 - margin / 2)) return 'partly'
    return score.metric < guess.metric - 0.05 && isWorse ? 'worse' : 'guessing'
  }
  if (isWorse) return 'worse'
  if (score.loss >= guess.loss * (1 - margin)) return 'guessing'
  if (harder(facts, score, split)) return 'behind'
  const best = facts.baselines[split].find(isFloor)
  const learned = Math.max(guess.loss * learnedLoss, (best?.loss ?? 0) * nearFloor)
  return score.loss <= learned ? 'solved' : 'partly'
}

/** A baseline beside guessing that still does better, such as repeating the last value. */
export const harder = (facts: TaskFacts, score: Pick<Score, 'loss'>, split: Split = 'test') =>
  facts.baselines[split].slice(1).find((baseline) => !isFloor(baseline) && baseline.loss < score.loss)
