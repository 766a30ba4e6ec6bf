import type { Experiment } from '../../../shared/contract.ts'
import { areFew } from '../answers/interval.ts'
import { judge, type Verdict } from '../answers/judge.ts'

/** What a finished experiment shows: nothing to tell apart, a signal that fades in one run, or one that forgot. */
export type Claim = 'none' | 'fades' | 'forgets'

/** How far back a signal reaches, and how far it could: the time steps of the longest example. */
export interface Reach {
  readonly horizon: number
  readonly longest: number
}

/** A run whose signal is gone in the nearer half of the sequence. */
const near = 0.5

/**
 * The strongest thing that may be said of an experiment, from its runs' memory horizons (in steps, and of how
 * many steps) at the last training step. A fading gradient is not yet forgetting: `forgets` needs a run whose signal
 * fades and whose validation answers are at the level of guessing, beside one whose signal arrives
 * and whose answers are better, on more than a handful of examples.
 */
export function claimOf({ facts, runs }: Pick<Experiment, 'facts' | 'runs'>, reaches: readonly Reach[]): Claim {
  const share = reaches.map(({ horizon, longest }) => horizon / longest)
  const fading = runs.filter((_, k) => (share[k] ?? Number.NaN) <= near)
  const reaching = runs.filter((_, k) => (share[k] ?? Number.NaN) >= 1)
  if (!fading.length || !reaching.length) return 'none'
  if (areFew(facts.validated)) return 'fades'
  const verdict = (run: Experiment['runs'][number]) => verdictOf(facts, run)
  const knows = (run: Experiment['runs'][number]) => verdict(run) === 'solved' || verdict(run) === 'partly'
  return fading.some((run) => verdict(run) === 'guessing') && reaching.some(knows) ? 'forgets' : 'fades'
}

/** A run's validation answers in a word; undefined where they were not measured or nothing is known of guessing. */
export function verdictOf(facts: Experiment['facts'], run: Experiment['runs'][number]): Verdict | undefined {
  if (Number.isNaN(run.validationLoss) || !facts.baselines.validation.length) return undefined
  return judge(facts, { loss: run.validationLoss, metric: run.validationMetric }, 'validation')
}
