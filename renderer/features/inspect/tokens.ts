import type { Experiment, TaskFacts } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'

/** A character as it can be seen: spaces and line breaks get a sign. */
export const readable = (token: string): string =>
  token === ' ' ? '␣' : token === '\n' ? '↵' : token === '\t' ? '⇥' : token

/** Whether a task is answered with the id of a word: a class or a token. */
export const answersWithWords = ({ outputs }: TaskFacts): boolean =>
  outputs === 'next-token' || outputs === 'class' || outputs === 'class-series'

/** The word of an answered id; a task's own words are in the person's language. */
export function wordOf({ facts, spec }: Pick<Experiment, 'facts' | 'spec'>, id: number, t: Messages): string {
  // Of a network whose numbers have left the finite ones.
  if (Number.isNaN(id)) return '—'
  const word = (facts.classes ?? facts.vocabulary)?.[id] ?? String(id)
  return t.taskClasses[spec.task.id]?.[word] ?? readable(word)
}
