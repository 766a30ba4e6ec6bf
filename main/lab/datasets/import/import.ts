import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { errorData, LabError } from '../../../../shared/errors.ts'
import type { ImportPreview, ImportSettings, MixedAnswers } from '../../../../shared/import.ts'
import type { SequenceRow, SetHeader } from '../../../../shared/sequences.ts'
import type { StoredRow } from '../rows.ts'
import { readRow } from '../rows.ts'
import { headerOf, rowsOf } from './assemble.ts'
import { guess } from './guess.ts'
import { recordsOf, type Source } from './readers.ts'
import { firstOf, longestRecord } from './text.ts'

/** What a preview reads of a text. */
const headBytes = 512 * 1024
/** Of a file, read at a time: what is made of it in a few milliseconds. */
const pieceSize = 128 * 1024
const shownRecords = 8
const shownRows = 6
/** Rows are handed on in batches of so many, or of so many characters. */
export const batchRows = 2000
const batchSize = 1_000_000

/** A file on the disk; `name` is what people know it by. */
export function fileSource(path: string, name = basename(path), told?: (bytes: number) => void): Source {
  const chunks = () => createReadStream(path, { highWaterMark: pieceSize })
  return { file: name, chunks, ...(told && { told }) }
}

/** How a file would come in: with the settings given, else those that are guessed. Throws what is wrong with it. */
export async function previewOf(path: string, name: string, settings?: ImportSettings): Promise<ImportPreview> {
  const head = await headOf(path)
  if (!head.length) throw new LabError('file-empty', `${name} is empty.`, 'Choose a file with content.', { file: name })
  const whole = fileSource(path, name)
  const begins = { ...whole, chunks: () => pieces(head) }
  const isWhole = settings
    ? settings.format === 'arrays' || settings.format === 'json'
    : /\.json$/i.test(name) || head[0] === 0x93 || (head[0] === 0x50 && head[1] === 0x4b)
  const source = isWhole ? whole : begins
  const guessed = settings ? { settings, reasons: [] } : await guess(source, head)
  let records: string[][] = []
  let rows: SequenceRow[] = []
  let problem: ImportPreview['problem']
  let mixed: MixedAnswers | undefined
  let header: SetHeader = {
    inputs: 'tokens',
    target: 'next',
    classes: null,
    vocabulary: null,
    tokenizer: { id: 'words' },
  }
  try {
    const begin = await firstOf(recordsOf(source, guessed.settings), shownRecords)
    records = begin.map(({ values }) => values.slice(0, 50).map(shown))
    header = headerOf(guessed.settings)
    const all = rowsOf(recordsOf(source, guessed.settings), guessed.settings, name, (found) => (mixed = found))
    rows = (await firstOf(all, shownRows)).map(readRow)
  } catch (error) {
    problem = errorData(error)
  }
  return { ...guessed, records, header, rows, ...(mixed && { mixed }), ...(problem && { problem }) }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The beginning of a file, up to its last whole line; more of it where the first line is longer. */
async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    for (const size of [headBytes, 4 * longestRecord]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0)
      const head = buffer.subarray(0, bytesRead)
      const end = head.lastIndexOf(10)
      if (bytesRead < size) return head
      if (end >= 0) return head.subarray(0, end + 1)
      if (size > headBytes) return head
    }
    return new Uint8Array()
  } finally {
    await handle.close()
  }
}

/**
 * Reads a whole file in bounded memory; `take` gets the rows batch by batch. Stops with `signal`, throwing its
 * reason. Throws what is wrong with the file, with line and column.
 */
export async function readFile(
  source: Source,
  settings: ImportSettings,
  take: (rows: readonly StoredRow[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  let batch: StoredRow[] = []
  let size = 0
  let last = performance.now()
  // Others get their turn, however fast the disk is.
  const pause = async () => {
    if (performance.now() - last < 20) return
    signal?.throwIfAborted()
    await turn()
    last = performance.now()
  }
  for await (const rows of rowsOf(recordsOf(source, settings), settings, source.file)) {
    for (const row of rows) {
      batch.push(row)
      size += row.inputs.length
      if (batch.length === batchRows || size > batchSize) {
        take(batch)
        batch = []
        size = 0
        await pause()
      }
    }
    await pause()
  }
  signal?.throwIfAborted()
  take(batch)
}
