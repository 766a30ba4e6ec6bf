import type { Experiment } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import { fixed, measure } from '../../viz/numbers.ts'
import type { AnswerLines } from './answer-lines.ts'
import type { RunSignals } from './run-signals.ts'
import { answersWithWords, wordOf } from './tokens.ts'

/** How sure a run is of the class that it answers with at the last step; NaN for other kinds of answer. */
export function sureness({ answers, answer }: Pick<RunSignals, 'answers' | 'answer'>): number {
  const classes = answers?.shape[1] ?? 0
  return answers?.data[answers.data.length - classes + answer] ?? Number.NaN
}

/** An answer in words: the class and how sure the network is of it, or the number. */
export function answerText(run: RunSignals, experiment: Pick<Experiment, 'facts' | 'spec'>, t: Messages): string {
  if (Number.isNaN(run.answer)) return '—'
  if (!answersWithWords(experiment.facts)) return measure(run.answer)
  const sure = sureness(run)
  return `${wordOf(experiment, run.answer, t)}${Number.isNaN(sure) ? '' : ` ${fixed(sure, 2)}`}`
}

/** Whether a change made a difference: another class, or a number that is off by a thousandth of its size. */
export function noticed(before: RunSignals, after: RunSignals, words: boolean): boolean {
  if (words || Number.isNaN(before.answer + after.answer)) return !Object.is(before.answer, after.answer)
  return Math.abs(after.answer - before.answer) > 1e-3 * Math.max(1, Math.abs(before.answer))
}

/** How answers over time are named and written: the axis, its two ends, a value on it. */
export function answerAxis(
  { areShares, atEachStep, range }: AnswerLines,
  experiment: Pick<Experiment, 'facts' | 'spec'>,
  target: number,
  t: Messages,
) {
  if (!areShares) {
    const [high, low] = [measure(range.max), measure(range.min)]
    return { symbol: 'y', what: t.score.answered, high, low, write: measure }
  }
  const { classes, vocabulary = [] } = experiment.facts
  const right = atEachStep ? t.score.rightAnswer : wordOf(experiment, target, t)
  const other =
    !atEachStep && (classes ?? vocabulary).length === 2 ? wordOf(experiment, 1 - target, t) : t.score.otherAnswers
  return {
    symbol: 'p',
    what: t.score.shareOf(right),
    high: right,
    low: other,
    write: (share: number) => fixed(share, 2),
  }
}
