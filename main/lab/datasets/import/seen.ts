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

export function seen(name: string, index: number, records: readonly Record[]): Seen {
  const values = records.map(({ values: all }) => all[index])
  const texts = values.map((value) => (value === null || value === undefined ? '' : String(value).trim()))
  const given = texts.filter((text) => !missingMark.test(text))
  const list = values.some(Array.isArray)
  return {
    name,
    list,
    numeric: !list && given.length > 0 && given.every((text) => numeral.test(text)),
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
