import Papa from 'papaparse'
import { LabError } from '../../../shared/errors.ts'

export interface Table {
  /** Names of all columns, as the header has them. */
  readonly header: readonly string[]
  readonly rows: number
  /** The columns that hold numbers, in the header's order. */
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[]
  /** The first cell of every other column that is no number: why it is not an input. */
  readonly others: readonly { readonly name: string; readonly line: number; readonly value: string }[]
}

/** A number as CSV files have it: digits with a point, an optional exponent. */
const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

interface Row {
  readonly fields: readonly string[]
  /** Where the row starts, counted from 1; quoted fields may hold line breaks. */
  readonly line: number
}

function readRows(text: string, file: string): Row[] {
  const rows: Row[] = []
  let line = 1
  let cursor = 0
  Papa.parse<string[]>(text, {
    delimitersToGuess: [',', '\t', ';', '|'],
    step: ({ data, errors, meta }) => {
      const quote = errors.find((error) => error.type === 'Quotes')
      if (quote) {
        const message = `${file}, line ${line}: a quotation mark is not closed or stands within a field.`
        throw new LabError('csv-ragged', message, 'Correct the quotation marks.', { file, line })
      }
      if (data.length > 1 || data[0]?.trim()) rows.push({ fields: data, line })
      for (; cursor < meta.cursor; cursor++) if (text.charCodeAt(cursor) === 10) line++
    },
  })
  return rows
}

/** Column names: a nameless column is named by its place, two columns of one name are refused. */
function readHeader(row: Row | undefined, file: string): string[] {
  const fields = row?.fields ?? []
  if (fields.length === 0 || fields.every((field) => numeral.test(field.trim()))) {
    const message = `${file}, line ${row?.line ?? 1}: the first row holds numbers, not column names.`
    throw new LabError('csv-no-header', message, 'Add a first row with the names of the columns.', { file })
  }
  const names = fields.map((field, index) => field.trim() || `column ${index + 1}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return names
  const message = `${file}: two columns are named "${twice}".`
  throw new LabError('csv-no-header', message, 'Give every column a name of its own.', { file, column: twice })
}

function refuseRagged(rows: readonly Row[], width: number, file: string): void {
  const ragged = rows.find(({ fields }) => fields.length !== width)
  if (!ragged) return
  const { line, fields } = ragged
  const message = `${file}, line ${line}: ${fields.length} fields, but the header has ${width}.`
  const details = { file, line, fields: fields.length, expected: width }
  throw new LabError('csv-ragged', message, 'Give every row as many fields as the header.', details)
}

function notANumber(file: string, column: string, { line, value }: { line: number; value: string }): LabError {
  const what = value === '' ? 'is empty' : `is "${value.slice(0, 40)}"`
  const message = `${file}, line ${line}: the column "${column}" ${what}, expected a number.`
  const hint = 'Correct the value or remove the row.'
  return new LabError('csv-not-a-number', message, hint, { file, line, column, value: value.slice(0, 40) })
}

/**
 * Parses a table with a header row; the delimiter is found by looking. A column where at least half of
 * the cells are numbers is a number column, and every other cell in it an error; the rest are texts.
 * Throws `csv-no-header`, `csv-ragged` or `csv-not-a-number` with file, line, column and value.
 */
export function parseTable(text: string, file: string): Table {
  const [first, ...rows] = readRows(text, file)
  const header = readHeader(first, file)
  refuseRagged(rows, header.length, file)
  const columns: Table['columns'][number][] = []
  const others: Table['others'][number][] = []
  for (const [index, name] of header.entries()) {
    const cells = rows.map(({ fields, line }) => ({ line, value: (fields[index] ?? '').trim() }))
    const texts = cells.filter(({ value }) => !numeral.test(value))
    const wrong = texts[0]
    if (wrong === undefined) columns.push({ name, values: Float64Array.from(cells, ({ value }) => Number(value)) })
    else if (texts.length * 2 <= cells.length) throw notANumber(file, name, wrong)
    else others.push({ name, ...wrong })
  }
  return { header, rows: rows.length, columns, others }
}

/** Checks that a table can be forecast. Throws `csv-no-column`, `csv-not-a-number` or `csv-too-short`. */
export function checkTarget(table: Table, target: string, reach: number, file: string): void {
  const other = table.others.find(({ name }) => name === target)
  if (other) throw notANumber(file, target, other)
  if (!table.header.includes(target)) {
    const columns = table.columns.map(({ name }) => name).join(', ') || 'none'
    const message = `${file} has no column "${target}".`
    throw new LabError('csv-no-column', message, `Its number columns are: ${columns}.`, {
      file,
      column: target,
      columns,
    })
  }
  if (table.rows < reach) {
    const message = `${file} has ${table.rows} rows, but one window with its answer takes ${reach}.`
    const hint = 'Use a longer file or a smaller window (task.window).'
    throw new LabError('csv-too-short', message, hint, { file, rows: table.rows, needed: reach })
  }
}
