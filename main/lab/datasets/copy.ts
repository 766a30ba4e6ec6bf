import { isDeepStrictEqual } from 'node:util'
import { type SetCopy, type SetHeader, setLimits, type Tokenizer } from '../../../shared/sequences.ts'
import type { StoredRow } from './rows.ts'
import { tokenize } from './tokenize.ts'
import { inTurns } from './turns.ts'

/**
 * Rows as a spreadsheet takes them, a line each: the inputs and, behind a tab, the answer. Lists stand as a person
 * would type them, and as JSON where they would not be read as what they are. Stops at `setLimits.copied`, and gives
 * others their turns.
 */
export async function copied(header: SetHeader, rows: Iterable<StoredRow>): Promise<SetCopy> {
  const lines: string[] = []
  let size = 0
  for await (const batch of inTurns(linesOf(header, rows))) {
    for (const line of batch) {
      size += line.length + 1
      if (size > setLimits.copied.characters) return { text: lines.join('\n'), rows: lines.length }
      lines.push(line)
    }
  }
  return { text: lines.join('\n'), rows: lines.length }
}

function* linesOf(header: SetHeader, rows: Iterable<StoredRow>): Generator<string, void> {
  let count = 0
  for (const row of rows) {
    if (++count > setLimits.copied.rows) return
    const values = JSON.parse(row.inputs) as unknown[]
    const inputs =
      header.inputs === 'tokens' ? tokensText(values as string[], header.tokenizer) : numbersText(values as Step[])
    yield header.target === 'next' ? inputs : `${inputs}\t${targetText(header, JSON.parse(row.target))}`
  }
}

type Step = number | null | readonly (number | null)[]

function tokensText(tokens: readonly string[], tokenizer: Tokenizer): string {
  const text = tokens.join(tokenizer.id === 'characters' ? '' : ' ')
  const isRead = isPlain(text) && isDeepStrictEqual(tokenize(text.trim(), tokenizer), tokens)
  return isRead ? text : JSON.stringify(tokens)
}

function numbersText(steps: readonly Step[]): string {
  const one = (step: Step) => [step].flat().map((value) => value ?? '?')
  return steps.length ? steps.map((step) => one(step).join(' ')).join(', ') : '[]'
}

function targetText({ inputs }: SetHeader, target: unknown): string {
  if (!Array.isArray(target)) return String(target ?? '').replace(/[\t\n\r]+/g, ' ')
  if (inputs === 'numbers') return numbersText(target as Step[])
  const text = target.join(' ')
  const isRead = isPlain(text) && target.every((label) => typeof label === 'string' && !/\s/.test(label))
  return isRead ? text : JSON.stringify(target)
}

/** It is one cell of a table, and no list in JSON. */
const isPlain = (text: string) => text.trim() !== '' && !text.startsWith('[') && !/[\t\n\r]/.test(text)
