import { LabError } from '../../../../shared/errors.ts'
import type { Encoding } from '../decode.ts'

/** What a record may be long, in characters: longer ones are a missing line break or quotation mark. */
export const longestRecord = 8 * 1024 * 1024

/** A record of a file: a line, a row of a table, an object. */
export interface Record {
  /** Where it begins, counted from 1. */
  readonly line: number
  readonly values: readonly unknown[]
}

/**
 * A file's text in pieces, checked as it comes. Throws `file-binary` or `file-encoding` with the line; `told` hears
 * of bytes read.
 */
export async function* textOf(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  file: string,
  told: (bytes: number) => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let line = 1
  let bytes = 0
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      const message = `${file}: from line ${line} on there are bytes that are not ${encoding.toUpperCase()}.`
      const hint = 'Choose the other encoding, or save the file as UTF-8.'
      throw new LabError('file-encoding', message, hint, { file, line })
    }
  }
  for await (const chunk of chunks) {
    const zero = chunk.indexOf(0)
    if (zero >= 0) {
      const at = line + breaksIn(chunk.subarray(0, zero))
      const message = `${file}, line ${at}: there is a NUL byte, which no text has.`
      throw new LabError('file-binary', message, 'Choose a text file, or save it as UTF-8.', { file, line: at })
    }
    const text = decode(chunk)
    line += breaksIn(chunk)
    bytes += chunk.length
    told(bytes)
    if (text) yield text
  }
  const rest = decode()
  if (rest) yield rest
}

function breaksIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** Lines with their numbers. Throws `file-too-large` for one that never ends. */
export async function* linesOf(
  text: AsyncIterable<string>,
  file: string,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = ''
  let line = 0
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    for (const each of lines) yield { line: ++line, text: each.endsWith('\r') ? each.slice(0, -1) : each }
    if (rest.length > longestRecord) throw recordTooLong(file, line + 1)
  }
  if (rest !== '') yield { line: ++line, text: rest }
}

export function recordTooLong(file: string, line: number): LabError {
  const limit = longestRecord / 2 ** 20
  const message = `${file}, line ${line}: a record is longer than ${limit} million characters.`
  const hint = 'Check the line breaks and quotation marks there, or cut the file into lines.'
  return new LabError('file-too-large', message, hint, { file, line, limit })
}
