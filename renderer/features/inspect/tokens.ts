import type { TaskFacts } from '../../../shared/contract.ts'

/** A character as it can be seen: spaces and line breaks get a sign. */
export const readable = (token: string): string =>
  token === ' ' ? '␣' : token === '\n' ? '↵' : token === '\t' ? '⇥' : token

/** Whether a task is answered with the id of a word: a class or a token. */
export const answersWithWords = ({ outputs }: TaskFacts): boolean =>
  outputs === 'next-token' || outputs === 'class' || outputs === 'class-series'

/** The word of an answered id. */
export const wordOf = ({ classes, vocabulary }: TaskFacts, id: number): string =>
  readable((classes ?? vocabulary)?.[id] ?? String(id))
