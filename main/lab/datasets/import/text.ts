import { LabError } from '../../../../shared/errors.ts'
import { type Encoding, firstBrokenByte } from '../decode.ts'

/** What a record may be long, in characters: longer ones are a missing line break or quotation mark. */
export const longestRecord = 8 * 1024 * 1024

/** A record of a file: a line, a row of a table, an object. */
export interface Record {
  /** Where it begins, counted from 1. */
  readonly line: number
  readonly values: readonly unknown[]
}

/**
 * Records come as many at a time as a piece of the file holds: waiting for each alone takes longer than reading it.
 * Each batch is read to its end before the next.
 */
export type Records = AsyncIterable<Iterable<Record>>

/** The first entries, reading no further than they need. */
export async function firstOf<T>(batches: AsyncIterable<Iterable<T>>, count: number): Promise<T[]> {
  const first: T[] = []
  for await (const batch of batches) {
    for (const entry of batch) {
      first.push(entry)
      if (first.length === count) return first
    }
  }
  return first
}

/**
 * A file's text in pieces, checked as it comes; without a byte order mark, and every line break is \n. Throws
 * `file-binary` or `file-encoding` with line and column; `told` hears of bytes read.
 */
export async function* textOf(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  file: string,
  told: (bytes: number) => void = () => {},
): AsyncGenerator<string> {
  let isFirst = true
  let held = ''
  for await (const piece of decoded(chunks, encoding, file, told)) {
    // GB18030 leaves the mark in.
    const text = held + (isFirst && piece.startsWith('\ufeff') ? piece.slice(1) : piece)
    isFirst = false
    held = text.endsWith('\r') ? '\r' : ''
    const whole = held ? text.slice(0, -1) : text
    if (whole) yield whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
  }
  if (held) yield '\n'
}

async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  file: string,
  told: (bytes: number) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const place = new Place(encoding)
  let bytes = 0
  for await (const chunk of chunks) {
    const zero = chunk.indexOf(0)
    if (zero >= 0) {
      const at = place.of(chunk.subarray(0, zero))
      const message = `${file}, line ${at.line}, column ${at.column}: there is a NUL byte, which no text has.`
      throw new LabError('file-binary', message, 'Choose a text file, or save it as UTF-8.', { file, ...at })
    }
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw otherEncoding(file, encoding, place.ofBroken(chunk))
    }
    place.pass(chunk)
    bytes += chunk.length
    told(bytes)
    if (text) yield text
  }
  try {
    decoder.decode()
  } catch {
    throw otherEncoding(file, encoding, place.of(new Uint8Array()))
  }
}

function otherEncoding(file: string, encoding: Encoding, at: { line: number; column: number }): LabError {
  const message = `${file}, line ${at.line}, column ${at.column}: there are bytes that are not ${encoding.toUpperCase()}.`
  const hint = 'Choose the other encoding, or save the file as UTF-8.'
  return new LabError('file-encoding', message, hint, { file, ...at })
}

/** Where in a file a byte stands: the line that is being read is kept, so that its column can be told. */
class Place {
  readonly #encoding: Encoding
  #line = 1
  #open: Uint8Array[] = []

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  pass(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(10)
    if (end < 0) {
      this.#open.push(chunk)
      return
    }
    for (let at = 0; at <= end; at++) if (chunk[at] === 10) this.#line++
    this.#open = [chunk.subarray(end + 1)]
  }

  /** The place behind `bytes`, which come next. */
  of(bytes: Uint8Array): { readonly line: number; readonly column: number } {
    // As a stream, which says nothing yet of a character that is cut through.
    const decoder = new TextDecoder(this.#encoding)
    const lines = decoder.decode(Buffer.concat([...this.#open, bytes]), { stream: true }).split('\n')
    return { line: this.#line + lines.length - 1, column: (lines.at(-1) as string).length + 1 }
  }

  /** The first place in `bytes`, which come next, that is not of the encoding. */
  ofBroken(bytes: Uint8Array): { readonly line: number; readonly column: number } {
    const whole = Buffer.concat([...this.#open, bytes])
    this.#open = []
    return this.of(whole.subarray(0, firstBrokenByte(whole, this.#encoding)))
  }
}

export interface Line {
  readonly line: number
  readonly text: string
}

/** Lines with their numbers. Throws `file-too-large` for one that never ends. */
export async function* linesOf(text: AsyncIterable<string>, file: string): AsyncGenerator<readonly Line[]> {
  let rest = ''
  let line = 0
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    yield lines.map((each) => ({ line: ++line, text: each }))
    if (rest.length > longestRecord) throw recordTooLong(file, line + 1)
  }
  if (rest !== '') yield [{ line: ++line, text: rest }]
}

export function recordTooLong(file: string, line: number): LabError {
  const limit = longestRecord / 2 ** 20
  const message = `${file}, line ${line}: a record is longer than ${limit} million characters.`
  const hint = 'Check the line breaks and quotation marks there, or cut the file into lines.'
  return new LabError('file-too-large', message, hint, { file, line, limit })
}
