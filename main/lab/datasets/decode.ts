import { isUtf8 } from 'node:buffer'
import { LabError } from '../../../shared/errors.ts'

export type Encoding = 'utf-8' | 'gb18030'

export interface Decoded {
  readonly text: string
  readonly encoding: Encoding
}

/** Where the first byte that is not of an encoding stands: everything before it decodes, one byte more does not. */
export function firstBrokenByte(bytes: Uint8Array, encoding: Encoding = 'utf-8'): number {
  let sound = 0
  let broken = bytes.length
  // A prefix may end within a character, so it is decoded as a stream: only real errors throw.
  const decodes = (length: number) => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, length), { stream: true })
      return true
    } catch {
      return false
    }
  }
  while (sound + 1 < broken) {
    const middle = (sound + broken) >> 1
    if (decodes(middle)) sound = middle
    else broken = middle
  }
  return sound
}

/** Bytes of control characters that no text has; a few could be anything, one in a hundred is binary. */
function isBinary(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return true
  const head = bytes.subarray(0, 65_536)
  const controls = head.reduce(
    (count, byte) => count + (byte < 9 || (byte > 13 && byte < 32 && byte !== 27) ? 1 : 0),
    0,
  )
  return controls * 100 > head.length
}

/**
 * Whether GB18030 explains the bytes: they decode, and what comes out is mostly Chinese. Nearly any
 * damaged UTF-8 decodes as GB18030 too, but to rare characters.
 */
function asChinese(bytes: Uint8Array): string | undefined {
  let text: string
  try {
    text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
  const wide = [...text.slice(0, 100_000)].filter((character) => character > '\u007f')
  // GB 2312 level 1 covers nearly all running text; in GBK it is the lead bytes B0 to D7.
  const common = commonLeads(bytes)
  return wide.length > 0 && common >= 0.7 ? text : undefined
}

/** The share of two-byte characters that are a common Chinese character or Chinese punctuation. */
function commonLeads(bytes: Uint8Array): number {
  let common = 0
  let all = 0
  for (let at = 0; at < Math.min(bytes.length, 200_000); at++) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) continue
    const trail = bytes[at + 1] ?? 0
    all++
    if (trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || lead === 0xa1 || lead === 0xa3)) common++
    at++
  }
  return all === 0 ? 0 : common / all
}

/**
 * A file's text, without a byte order mark. UTF-8, else GB18030. Throws `file-empty`, `file-binary` or
 * `file-encoding` (with the offset of the first byte that is not UTF-8, counted from 0).
 */
export function decode(bytes: Uint8Array, file: string): Decoded {
  if (bytes.length === 0) {
    throw new LabError('file-empty', `${file} is empty.`, 'Choose a file with content.', { file })
  }
  if (isBinary(bytes)) {
    const message = `${file} is a binary file, not text.`
    throw new LabError('file-binary', message, 'Choose a text file (.txt) or a table (.csv).', { file })
  }
  const decoded: Decoded | undefined = isUtf8(bytes)
    ? { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
    : { text: asChinese(bytes) ?? '', encoding: 'gb18030' }
  if (decoded.text.trim() !== '') return decoded
  if (decoded.encoding === 'utf-8') {
    throw new LabError('file-empty', `${file} has nothing but blanks.`, 'Choose a file with content.', { file })
  }
  const offset = firstBrokenByte(bytes)
  const line = bytes.subarray(0, offset).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 1)
  const message = `${file}: byte ${offset} (line ${line}) is not UTF-8, and the file is not GB18030 either.`
  throw new LabError('file-encoding', message, 'Save the file as UTF-8.', { file, offset, line })
}
