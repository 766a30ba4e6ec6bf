import { missingMark, numeral } from './cells.ts'
import type { Record } from './text.ts'

/** What a column looks like in the first records. */
export interface Seen {
  readonly name: string
  readonly numeric: boolean
  readonly list: boolean
  /** Of a column of lists: whether they hold numbers. */
  readonly numbers: boolean
  readonly distinct: number
  /** Mean characters of a text. */
  readonly size: number
  /** How often a value is that of the record before. */
  readonly repeats: number
}

/** Of many texts a few that are no numbers are mistakes, which the reader will name. */
function isNumeric(texts: readonly string[]): boolean {
  const numbers = texts.filter((text) => numeral.test(text)).length
  return numbers > 0 && (numbers === texts.length || (texts.length >= 20 && numbers >= 0.9 * texts.length))
}

export function seen(name: string, index: number, records: readonly Record[]): Seen {
  const values = records.map(({ values: all }) => all[index])
  const texts = values.map((value) => (value === null || value === undefined ? '' : String(value).trim()))
  const given = texts.filter((text) => !missingMark.test(text))
  const list = values.some(Array.isArray)
  return {
    name,
    list,
    numeric: !list && isNumeric(given),
    numbers:
      list &&
      values.every(
        (value) => !Array.isArray(value) || value.flat().every((entry) => typeof entry === 'number' || entry === null),
      ),
    distinct: new Set(texts).size,
    size: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
    repeats: texts.filter((text, k) => k > 0 && text === texts[k - 1]).length / Math.max(1, texts.length - 1),
  }
}
