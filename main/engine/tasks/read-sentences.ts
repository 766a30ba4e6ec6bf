import type { Batch } from '../../../shared/model.ts'
import type { TaskInstance } from './task.ts'

/** One example of a task over words, as a person reads it. */
export interface ReadSentence {
  readonly words: readonly string[]
  readonly answer: string
}

/** The sentences of a batch, padding left out. */
export function readSentences({ facts }: TaskInstance, { inputs, lengths, targets }: Batch): ReadSentence[] {
  return Array.from(targets.data, (answer, b) => {
    const start = b * facts.length
    const ids = inputs.data.subarray(start, start + (lengths?.data[b] ?? facts.length))
    return {
      words: Array.from(ids, (id) => facts.vocabulary?.[id] as string),
      answer: facts.classes?.[answer] as string,
    }
  })
}
