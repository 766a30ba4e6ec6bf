import { columnLimit, type ImportSettings } from '../../../../shared/import.ts'
import { invalid, ragged, tooManyColumns } from './refusals.ts'
import { longestRecord, type Record, recordTooLong } from './text.ts'

/** The rows of a table (RFC 4180). Throws `csv-ragged` or `file-too-large` with the line. */
export async function* csvRecords(
  pieces: AsyncIterable<string>,
  { delimiter, header }: Pick<ImportSettings, 'delimiter' | 'header'>,
  file: string,
): AsyncGenerator<Iterable<Record>> {
  const table = new Table(delimiter, header, file)
  for await (const piece of pieces) yield table.add(piece)
  yield table.end()
}

/**
 * Reads a table piece by piece and row by row, so that neither rows nor mistakes pile up, and a record without end is
 * noticed wherever it comes. Papa, which reads tables elsewhere here, gives all rows of a text at once.
 */
class Table {
  readonly #delimiter: string
  readonly #file: string
  /** What is not read yet: the beginning of a record. */
  #rest = ''
  /** It is not looked at again before it has become so long: each time would take as long as all before. */
  #enough = 0
  #line = 1
  #width = 0
  #skip: boolean

  constructor(delimiter: string, header: boolean, file: string) {
    this.#delimiter = delimiter
    this.#skip = header
    this.#file = file
  }

  *add(piece: string): Generator<Record> {
    this.#rest += piece
    if (this.#rest.length >= this.#enough) yield* this.#read(false)
    if (this.#rest.length > longestRecord) throw recordTooLong(this.#file, this.#line)
  }

  *end(): Generator<Record> {
    if (this.#rest !== '') yield* this.#read(true)
  }

  *#read(isLast: boolean): Generator<Record> {
    const text = this.#rest
    if (text.includes('"')) yield* this.#quoted(text, isLast)
    else yield* this.#plain(text, isLast)
    this.#enough = 2 * this.#rest.length
  }

  /** What holds no quotation mark. */
  *#plain(text: string, isLast: boolean): Generator<Record> {
    const lines = text.split('\n')
    this.#rest = isLast ? '' : (lines.pop() as string)
    for (const line of lines) {
      const values = line.split(this.#delimiter)
      if (this.#isRow(values)) yield { line: this.#line, values }
      this.#line++
    }
  }

  *#quoted(text: string, isLast: boolean): Generator<Record> {
    let from = 0
    while (from < text.length) {
      const record = this.#record(text, from, isLast)
      if (!record) break
      if (this.#isRow(record.values)) yield { line: this.#line, values: record.values }
      this.#line += record.lines
      from = record.next
    }
    this.#rest = text.slice(from)
  }

  /** The record that begins at `from`; undefined where more of the file is needed to know it. */
  #record(text: string, from: number, isLast: boolean) {
    const values: string[] = []
    let lines = 1
    for (let at = from; ; at++) {
      if (values.length === columnLimit) throw tooManyColumns(this.#file, this.#line)
      const isQuoted = text[at] === '"'
      const field = isQuoted ? this.#field(text, at, isLast) : this.#bare(text, at)
      if (!field) return undefined
      values.push(field.value)
      if (isQuoted) lines += field.value.split('\n').length - 1
      at = field.end
      const isEnd = at === text.length
      if (isEnd && !isLast) return undefined
      if (isEnd || text[at] === '\n') return { values, lines, next: at + 1 }
      if (text[at] !== this.#delimiter) throw this.#stray(at - from)
    }
  }

  #bare(text: string, from: number) {
    let end = from
    while (end < text.length && text[end] !== this.#delimiter && text[end] !== '\n') end++
    return { value: text.slice(from, end), end }
  }

  /** A field in quotation marks, of which two stand for one; blanks may follow it. */
  #field(text: string, from: number, isLast: boolean) {
    let close = text.indexOf('"', from + 1)
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
    if (close < 0) {
      if (isLast) throw invalid(this.#file, this.#line, 'a quotation mark is not closed', 'Close it.', 'csv-ragged')
      return undefined
    }
    let end = close + 1
    while (text[end] === ' ') end++
    return { value: text.slice(from + 1, close).replaceAll('""', '"'), end }
  }

  #stray(column: number) {
    const what = `a quotation mark stands within the field before character ${column + 1} of the row`
    return invalid(this.#file, this.#line, what, 'Write two for one, and one around the field.', 'csv-ragged')
  }

  /** Whether fields are a row of the table, not its header or a blank line. */
  #isRow(fields: string[]): boolean {
    if (fields.length === 1 && (fields[0] as string).trim() === '') return false
    this.#width ||= fields.length
    // Editors take away tabs that end a line: what would stand behind them is empty.
    if (this.#delimiter === '\t') while (fields.length < this.#width) fields.push('')
    const { length } = fields
    if (length > columnLimit) throw tooManyColumns(this.#file, this.#line)
    if (length !== this.#width) throw ragged(this.#file, this.#line, length, this.#width)
    const isHeader = this.#skip
    this.#skip = false
    return !isHeader
  }
}
