import type { Experiment } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import { fixed, measure } from '../../viz/numbers.ts'
import type { RunSignals } from './run-signals.ts'
import { answersWithWords, wordOf } from './tokens.ts'

/** Shares of the classes from a head's raw output, the largest first subtracted so that nothing overflows. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits)
  const largest = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, value) => total + value, 0)
  return powers.map((value) => value / sum)
}

/** How sure a run is of the class that it answers with at the last step; NaN for other kinds of answer. */
export function sureness(run: RunSignals, classes: number): number {
  const output = run.trace.output?.data
  if (!output || !Number.isInteger(run.answer) || output.length < classes) return Number.NaN
  return softmax(output.subarray(output.length - classes))[run.answer] ?? Number.NaN
}

/** An answer in words: the class and how sure the network is of it, or the number. */
export function answerText(run: RunSignals, experiment: Pick<Experiment, 'facts' | 'spec'>, t: Messages): string {
  const { facts } = experiment
  if (!answersWithWords(facts)) return measure(run.answer)
  const sure =
    facts.loss === 'cross-entropy' ? sureness(run, (facts.classes ?? facts.vocabulary)?.length ?? 0) : Number.NaN
  return `${wordOf(experiment, run.answer, t)}${Number.isNaN(sure) ? '' : ` ${fixed(sure, 2)}`}`
}

/** Whether a change made a difference: another class, or a number that is off by a thousandth of its size. */
export function noticed(before: RunSignals, after: RunSignals, words: boolean): boolean {
  if (words) return before.answer !== after.answer
  return Math.abs(after.answer - before.answer) > 1e-3 * Math.max(1, Math.abs(before.answer))
}
