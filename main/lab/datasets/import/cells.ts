import { LabError } from '../../../../shared/errors.ts'
import type { ColumnRole, ImportSettings } from '../../../../shared/import.ts'
import { setLimits, type Tags } from '../../../../shared/sequences.ts'
import { tokenize } from '../tokenize.ts'
import type { Record } from './text.ts'

interface Column {
  readonly index: number
  readonly name: string
}

/** A number as files have it: digits with a point, an optional exponent. */
export const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
/** What stands where a number is missing. */
export const missingMark = /^(|na|n\/a|nan|null|none|nil|-|–|\?|\.|#n\/a)$/i

/** The cells of records by what their columns are for. */
export class Cells {
  readonly file: string
  readonly inputs: readonly Column[]
  readonly #settings: ImportSettings
  readonly #byRole: ReadonlyMap<ColumnRole, readonly Column[]>

  constructor(settings: ImportSettings, file: string) {
    this.file = file
    this.#settings = settings
    const columns = settings.columns.map(({ name, role }, index) => ({ name, role, index }))
    this.#byRole = Map.groupBy(columns, ({ role }) => role)
    this.inputs = this.of('input')
  }

  of(role: ColumnRole): readonly Column[] {
    return this.#byRole.get(role) ?? []
  }

  /** The text of the first column of a role; empty where there is none. */
  text(role: ColumnRole, { values }: Record): string {
    const column = this.of(role)[0]
    const value = column && values[column.index]
    return value === null || value === undefined ? '' : String(value)
  }

  tags(record: Record): Tags {
    const named = (role: 'tag' | 'group') =>
      this.of(role).map(({ name, index }) => [
        name.slice(0, setLimits.token) || role,
        String(record.values[index] ?? '').slice(0, setLimits.token),
      ])
    return Object.fromEntries([...named('group'), ...named('tag')])
  }

  /** A number; null where it is missing. Throws `csv-not-a-number` with line, column and value. */
  number(value: unknown, line: number, column: string): number | null {
    if (typeof value === 'number') return Number.isFinite(value) ? value : null
    if (typeof value === 'boolean') return Number(value)
    const text = value === null || value === undefined ? '' : String(value).trim()
    if (numeral.test(text)) {
      const number = Number(text)
      if (Number.isFinite(number)) return number
    }
    if (missingMark.test(text)) return null
    const message = `${this.file}, line ${line}: the column "${column}" is "${text.slice(0, 40)}", expected a number.`
    const hint = 'Correct the value, or give the column another role.'
    throw new LabError('csv-not-a-number', message, hint, { file: this.file, line, column, value: text.slice(0, 40) })
  }

  /** A record's target as `kind` asks for it. */
  target(record: Record, kind: ImportSettings['target']): unknown {
    const column = this.of('target')[0]
    if (!column || kind === 'next') return null
    const value = record.values[column.index]
    if (kind === 'value') return this.number(value, record.line, column.name)
    if (kind === 'class')
      return value === null || value === undefined || value === '' ? null : String(value).slice(0, setLimits.token)
    const isTokens = this.#settings.inputs === 'tokens'
    if (Array.isArray(value))
      return isTokens ? value.map(String) : value.map((entry) => this.number(entry, record.line, column.name))
    const labels = tokenize(String(value ?? ''), { id: 'whitespace' })
    return isTokens ? labels : labels.map((label) => this.number(label, record.line, column.name))
  }

  /**
   * Numbers with the missing ones dealt with; undefined where they drop the whole. Throws `csv-not-a-number` where
   * none may be missing.
   */
  fill(numbers: readonly (number | null)[], { line }: Pick<Record, 'line'>): readonly (number | null)[] | undefined {
    if (!numbers.includes(null)) return numbers
    switch (this.#settings.missing) {
      case 'keep':
        return numbers
      case 'drop':
        return undefined
      case 'previous':
        return carried(numbers)
      case 'interpolate':
        return interpolated(numbers)
      case 'refuse': {
        const message = `${this.file}, line ${line}: a number is missing.`
        const hint = 'Choose what missing numbers become, or correct the file.'
        throw new LabError('csv-not-a-number', message, hint, { file: this.file, line })
      }
    }
  }
}

/** Each missing number is the one before it; those at the beginning are the first there is. */
function carried(numbers: readonly (number | null)[]): (number | null)[] {
  let last = numbers.find((value) => value !== null) ?? null
  return numbers.map((value) => {
    last = value ?? last
    return last
  })
}

/** Missing numbers on the line between their neighbours; at the ends, the nearest one. */
export function interpolated(numbers: readonly (number | null)[]): (number | null)[] {
  const filled = [...numbers]
  let before = -1
  for (let at = 0; at <= numbers.length; at++) {
    if (at < numbers.length && numbers[at] === null) continue
    const [from, to] = [before < 0 ? numbers[at] : numbers[before], at < numbers.length ? numbers[at] : numbers[before]]
    for (let k = before + 1; k < at; k++) {
      if (typeof from === 'number' && typeof to === 'number')
        filled[k] = from + ((to - from) * (k - Math.max(before, -1))) / (at - before)
    }
    before = at
  }
  return filled
}
