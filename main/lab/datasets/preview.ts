import { LabError } from '../../../shared/errors.ts'
import type { Recipe } from '../../../shared/sequences.ts'
import { sketch } from './generate.ts'
import { type StoredRow, writeRow } from './rows.ts'

/** Rows of a preview, and characters of each that are read for it. */
export const previewRows = 6
export const previewRead = 2000
const previewLength = 100

/** The first rows in a few words, a line each. */
export function inWords(rows: readonly Pick<StoredRow, 'inputs' | 'target'>[]): string {
  // Cut short, it is no JSON any more: what a person reads is enough.
  const words = (json: string) =>
    json
      .slice(0, previewRead)
      .replaceAll('],[', '; ')
      .replace(/[[\]"]/g, '')
      .replaceAll(',', ' ')
      .slice(0, previewLength)
  const lines = rows.map(({ inputs, target }) => words(inputs) + (target === 'null' ? '' : ` → ${words(target)}`))
  return lines.slice(0, previewRows).join('\n')
}

/** The same of a live set; nothing where what drew it refuses its dials by now. */
export function drawnInWords(live: Recipe): string {
  try {
    return inWords(sketch(live).rows.map(writeRow))
  } catch (error) {
    if (error instanceof LabError) return ''
    throw error
  }
}
