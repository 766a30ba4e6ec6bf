import { createContext, Script } from 'node:vm'
import { LabError } from '../../../shared/errors.ts'
import type { Tokenizer } from '../../../shared/sequences.ts'

/** A person's pattern gets so long for a text, in milliseconds: some take forever. */
const patience = 1000
const match = new Script('text.match(pattern)')

const blank = /^\s*$/
// Both languages at once: the Chinese segmenter cuts Latin words at their blanks as well.
const words = new Intl.Segmenter('zh', { granularity: 'word' })

/**
 * The tokens of a text; blanks are never one, except where every character is. Throws `row-invalid` for a pattern
 * that is not a regular expression or takes too long.
 */
export function tokenize(text: string, tokenizer: Tokenizer): string[] {
  switch (tokenizer.id) {
    case 'characters':
      return [...text]
    case 'whitespace':
      return text.split(/\s+/).filter((token) => token !== '')
    case 'words':
      return Array.from(words.segment(text), ({ segment }) => segment).filter((segment) => !blank.test(segment))
    case 'pattern':
      return matches(text, tokenizer.pattern)
  }
}

function matches(text: string, pattern: string): string[] {
  try {
    const context = createContext({ text, pattern: new RegExp(pattern, 'gu') })
    const found = match.runInContext(context, { timeout: patience }) as string[] | null
    return Array.from(found ?? [], String).filter((token) => token !== '')
  } catch (error) {
    const message = `The pattern /${pattern}/ cannot be used: ${(error as Error).message}.`
    throw new LabError('row-invalid', message, 'Correct the regular expression, or choose another tokenizer.', {
      field: 'tokenizer',
      value: pattern,
    })
  }
}
