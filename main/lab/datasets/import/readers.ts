import Papa from 'papaparse'
import { LabError } from '../../../../shared/errors.ts'
import { columnLimit, type ImportSettings } from '../../../../shared/import.ts'
import type { NdArray } from '../../../../shared/ndarray.ts'
import { readNpy } from '../../formats/npy.ts'
import { readNpz } from '../../formats/npz.ts'
import { linesOf, longestRecord, type Record, recordTooLong, textOf } from './text.ts'

/** A file as it is read: its pieces in order, and its name for errors. */
export interface Source {
  readonly file: string
  chunks(): AsyncIterable<Uint8Array>
  /** Hears of bytes read. */
  told?(bytes: number): void
}

/** Files that are read in one go may be so large, in bytes. */
const wholeLimit = 256 * 1024 * 1024

export type ReadSettings = Pick<ImportSettings, 'format' | 'encoding' | 'delimiter' | 'header'> & {
  readonly columns?: readonly { readonly name: string }[]
}

/** The records of a file. Throws an error with file, line and, where there is one, column. */
export async function* recordsOf(source: Source, settings: ReadSettings): AsyncGenerator<Record> {
  const { file } = source
  const text = () => textOf(source.chunks(), settings.encoding, file, source.told)
  const names = () => settings.columns?.map(({ name }) => name)
  switch (settings.format) {
    case 'text':
      for await (const { line, text: value } of linesOf(withoutMark(text()), file)) yield { line, values: [value] }
      return
    case 'csv':
      yield* tableRecords(withoutMark(text()), settings, file)
      return
    case 'jsonl':
      for await (const { line, text: value } of linesOf(withoutMark(text()), file)) {
        if (value.trim() === '') continue
        yield recordOf(jsonOf(value, file, line), names(), file, line)
      }
      return
    case 'json': {
      const bytes = await wholeOf(source)
      const list = jsonOf(await joined(textOf(once(bytes), settings.encoding, file)), file, 1)
      const objects = Array.isArray(list) ? list : Object.values(list as object).find(Array.isArray)
      if (!objects) throw invalid(file, 1, 'there is no list in it', 'Give a list of objects.')
      for (const [k, object] of objects.entries()) yield recordOf(object, names(), `${file}, entry ${k + 1}`, 1)
      return
    }
    case 'arrays':
      yield* arrayRecords(await wholeOf(source), names(), file)
  }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let all = ''
  for await (const piece of withoutMark(pieces)) all += piece
  return all
}

/** Without a byte order mark, which GB18030 leaves in. */
async function* withoutMark(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let first = true
  for await (const piece of pieces) {
    yield first && piece.startsWith('\ufeff') ? piece.slice(1) : piece
    first = false
  }
}

async function* tableRecords(
  pieces: AsyncIterable<string>,
  { delimiter, header }: ReadSettings,
  file: string,
): AsyncGenerator<Record> {
  let rest = ''
  let line = 1
  let width = 0
  let skip = header
  // Papa's own parser, fed piece by piece: so a record that never ends is noticed, wherever it comes.
  const parse = (text: string, isLast: boolean) => new Papa.Parser({ delimiter }).parse(text, 0, !isLast)
  function* rowsOf(text: string, isLast: boolean): Generator<Record> {
    const { data, errors, meta } = parse(text, isLast) as unknown as Papa.ParseResult<string[]>
    const quote = errors.find(({ type }) => type === 'Quotes')
    for (const [k, fields] of data.entries()) {
      if (quote?.row === k)
        throw invalid(
          file,
          line,
          'a quotation mark is not closed or stands within a field',
          'Correct it.',
          'csv-ragged',
        )
      const own = line
      line += 1 + fields.reduce((count, field) => count + (field.includes('\n') ? field.split('\n').length - 1 : 0), 0)
      if (fields.length === 1 && (fields[0] as string).trim() === '') continue
      width ||= fields.length
      if (fields.length > columnLimit) throw tooManyColumns(file, own, fields.length)
      if (fields.length !== width) throw ragged(file, own, fields.length, width)
      if (skip) skip = false
      else yield { line: own, values: fields }
    }
    rest = isLast ? '' : text.slice(meta.cursor)
    if (quote && rest === '' && !data.length)
      throw invalid(file, line, 'a quotation mark is not closed', 'Correct it.', 'csv-ragged')
  }
  for await (const piece of pieces) {
    yield* rowsOf(rest + piece, false)
    if (rest.length > longestRecord) throw recordTooLong(file, line)
  }
  if (rest !== '') yield* rowsOf(rest, true)
}

function ragged(file: string, line: number, fields: number, expected: number): LabError {
  const message = `${file}, line ${line}: ${fields} fields, but the rows before have ${expected}.`
  return new LabError('csv-ragged', message, 'Give every row as many fields.', { file, line, fields, expected })
}

function tooManyColumns(file: string, line: number, columns: number): LabError {
  const message = `${file}, line ${line}: ${columns} columns; at most ${columnLimit} can be read.`
  return new LabError('file-too-large', message, 'Turn the table round: a row for every step.', {
    file,
    line,
    limit: columnLimit,
  })
}

/** An object's values by column; a list is one value. */
function recordOf(object: unknown, names: readonly string[] | undefined, file: string, line: number): Record {
  if (typeof object !== 'object' || object === null) return { line, values: [object] }
  if (Array.isArray(object)) return { line, values: [object] }
  const own = object as { readonly [name: string]: unknown }
  const keys = names ?? Object.keys(own)
  if (keys.length > columnLimit) throw tooManyColumns(file, line, keys.length)
  return { line, values: keys.map((name) => (Object.hasOwn(own, name) ? own[name] : null)) }
}

function jsonOf(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(file, line, (error as Error).message, 'Correct the JSON there.')
  }
}

function invalid(
  file: string,
  line: number,
  what: string,
  hint: string,
  code: 'format-invalid' | 'csv-ragged' = 'format-invalid',
): LabError {
  return new LabError(code, `${file}, line ${line}: ${what}.`, hint, { file, line })
}

async function wholeOf(source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of source.chunks()) {
    size += piece.length
    if (size > wholeLimit) {
      const limit = wholeLimit / 2 ** 20
      const message = `${source.file} is larger than ${limit} MB, which is the most that is read in one go.`
      throw new LabError('file-too-large', message, 'Save it as JSON lines or CSV.', { file: source.file, limit })
    }
    pieces.push(piece)
    source.told?.(size)
  }
  return Buffer.concat(pieces)
}

/** The names of the columns of an object file, read off a record. */
export async function keysOf(source: Source, settings: ReadSettings): Promise<readonly string[]> {
  if (settings.format === 'arrays') return Object.keys(arraysOf(await wholeOf(source), source.file))
  const { file } = source
  const keys = new Set<string>()
  let seen = 0
  const all = settings.format === 'json' ? jsonObjects(source, settings) : jsonLines(source, settings, file)
  for await (const object of all) {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return ['inputs']
    for (const key of Object.keys(object)) keys.add(key)
    if (++seen === 50) break
  }
  return [...keys].slice(0, columnLimit)
}

async function* jsonLines(source: Source, { encoding }: ReadSettings, file: string): AsyncGenerator<unknown> {
  for await (const { line, text } of linesOf(withoutMark(textOf(source.chunks(), encoding, file)), file)) {
    if (text.trim() !== '') yield jsonOf(text, file, line)
  }
}

async function* jsonObjects(source: Source, { encoding }: ReadSettings): AsyncGenerator<unknown> {
  const list = jsonOf(await joined(textOf(once(await wholeOf(source)), encoding, source.file)), source.file, 1)
  yield* (Array.isArray(list) ? list : (Object.values(list as object).find(Array.isArray) ?? [])) as unknown[]
}

function arraysOf(
  bytes: Uint8Array,
  file: string,
): { readonly [name: string]: NdArray<Float32Array | Int32Array | Float64Array> } {
  if (bytes[0] === 0x93) return { inputs: readNpy(bytes, file).array }
  return Object.fromEntries([...readNpz(bytes, file)].map(([name, { array }]) => [name, array]))
}

/** Arrays whose first axis is the rows': one record for each, `lengths` cutting off the padding of the others. */
function* arrayRecords(bytes: Uint8Array, names: readonly string[] | undefined, file: string): Generator<Record> {
  const arrays = arraysOf(bytes, file)
  const columns = names ?? Object.keys(arrays)
  const count = (arrays.inputs ?? Object.values(arrays)[0])?.shape[0] ?? 0
  const { lengths } = arrays
  for (const name of columns) {
    const array = arrays[name]
    if (array && array.shape[0] === count && array.shape.length <= 3) continue
    const what = array ? `has shape [${array.shape.join(', ')}]` : 'is not there'
    throw invalid(
      file,
      1,
      `the array "${name}" ${what}; ${count} rows were expected`,
      'Save arrays [rows, steps, channels].',
    )
  }
  for (let row = 0; row < count; row++) {
    const length = lengths?.data[row]
    yield { line: row + 1, values: columns.map((name) => entryOf(arrays[name] as NdArray, row, length)) }
  }
}

function entryOf(
  { shape, data }: NdArray<Float32Array | Int32Array | Float64Array>,
  row: number,
  length: number | undefined,
): unknown {
  const [, time, width] = shape
  if (time === undefined) return data[row]
  const steps = Math.min(time, length ?? time)
  const size = time * (width ?? 1)
  const at = (t: number) => {
    const from = row * size + t * (width ?? 1)
    return width === undefined ? data[from] : Array.from(data.subarray(from, from + width))
  }
  return Array.from({ length: steps }, (_, t) => at(t))
}
