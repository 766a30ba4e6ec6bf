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

/** The cells of records by what their columns are for. A number that is missing is NaN, which JSON writes as null. */
export class Cells {
  readonly file: string
  readonly inputs: readonly Column[]
  readonly #settings: ImportSettings
  readonly #byRole: ReadonlyMap<ColumnRole, readonly Column[]>
  readonly #first: Readonly<Partial<{ [Role in ColumnRole]: Column }>>

  constructor(settings: ImportSettings, file: string) {
    this.file = file
    this.#settings = settings
    const columns = settings.columns.map(({ name, role }, index) => ({ name, role, index }))
    this.#byRole = Map.groupBy(columns, ({ role }) => role)
    this.#first = Object.fromEntries([...this.#byRole].map(([role, all]) => [role, all[0]]))
    this.inputs = this.of('input')
  }

  of(role: ColumnRole): readonly Column[] {
    return this.#byRole.get(role) ?? []
  }

  /** The text of the first column of a role; empty where there is none. */
  text(role: ColumnRole, { values }: Record): string {
    const column = this.#first[role]
    const value = column && values[column.index]
    return typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)
  }

  tags(record: Record): Tags {
    const named = (role: 'tag' | 'group') =>
      this.of(role).map(({ name, index }) => [
        name.slice(0, setLimits.token) || role,
        String(record.values[index] ?? '').slice(0, setLimits.token),
      ])
    return Object.fromEntries([...named('group'), ...named('tag')])
  }

  /** A number. Throws `csv-not-a-number` with line, column and value. */
  number(value: unknown, line: number, column: string): number {
    if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
    if (typeof value === 'boolean') return Number(value)
    const text = typeof value === 'string' ? value.trim() : value === null || value === undefined ? '' : String(value)
    if (numeral.test(text)) {
      const number = Number(text)
      if (Number.isFinite(number)) return number
    }
    if (missingMark.test(text) || this.#settings.marks?.includes(text)) return Number.NaN
    const message = `${this.file}, line ${line}: the column "${column}" is "${text.slice(0, 40)}", expected a number.`
    const hint = 'Correct the value, or give the column another role.'
    throw new LabError('csv-not-a-number', message, hint, { file: this.file, line, column, value: text.slice(0, 40) })
  }

  /** A record's target as `kind` asks for it. */
  target(record: Record, kind: ImportSettings['target']): unknown {
    const column = this.#first.target
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
  fill(numbers: readonly number[], { line }: Pick<Record, 'line'>): readonly number[] | undefined {
    if (!numbers.some(Number.isNaN)) return numbers
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
function carried(numbers: readonly number[]): number[] {
  let last = numbers.find((value) => !Number.isNaN(value)) ?? Number.NaN
  return numbers.map((value) => {
    if (!Number.isNaN(value)) last = value
    return last
  })
}

/** Without the last digits, which rounding alone brings: 94.8 for 94.80000000000001. */
const short = (value: number) => Number(value.toPrecision(12))

/** Missing numbers on the line between their neighbours; at the ends, the nearest one. */
export function interpolated(numbers: readonly number[]): number[] {
  const filled = [...numbers]
  let before = -1
  for (let at = 0; at <= numbers.length; at++) {
    if (Number.isNaN(numbers[at])) continue
    const from = (before < 0 ? numbers[at] : numbers[before]) ?? Number.NaN
    const to = numbers[at] ?? from
    for (let k = before + 1; k < at; k++)
      filled[k] = short(from + ((to - from) * (k - Math.max(before, -1))) / (at - before))
    before = at
  }
  return filled
}
