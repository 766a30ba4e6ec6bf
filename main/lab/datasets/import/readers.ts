import { LabError } from '../../../../shared/errors.ts'
import { columnLimit, type ImportSettings } from '../../../../shared/import.ts'
import { arrayRecords, arraysOf } from './arrays.ts'
import { csvRecords } from './csv.ts'
import { jsonLines, jsonList, namesIn, recordsIn } from './json.ts'
import { firstOf, linesOf, type Record, textOf } from './text.ts'

/** A file as it is read: its pieces in order, and its name for errors. */
export interface Source {
  readonly file: string
  chunks(): AsyncIterable<Uint8Array>
  /** Hears of bytes read. */
  told?(bytes: number): void
}

/** Files that are read in one go may be so large, in bytes; JSON takes many times that while it is read. */
const wholeLimits = { json: 64 * 2 ** 20, arrays: 256 * 2 ** 20 }

export type ReadSettings = Pick<ImportSettings, 'format' | 'encoding' | 'delimiter' | 'header'> & {
  readonly columns?: readonly { readonly name: string }[]
}

/** The records of a file. Throws an error with file, line and, where there is one, column. */
export async function* recordsOf(source: Source, settings: ReadSettings): AsyncGenerator<Iterable<Record>> {
  const { file } = source
  const names = settings.columns?.map(({ name }) => name)
  switch (settings.format) {
    case 'text':
      for await (const lines of linesOf(textIn(source, settings), file))
        yield lines.map(({ line, text }) => ({ line, values: [text] }))
      return
    case 'csv':
      yield* csvRecords(textIn(source, settings), settings, file)
      return
    case 'jsonl':
    case 'json':
      for await (const entries of objectsIn(source, settings)) yield recordsIn(entries, names)
      return
    case 'arrays':
      yield* arrayRecords(await wholeOf(source), names, file)
  }
}

/** The names of the columns of an object file, read off its first records. */
export async function keysOf(source: Source, settings: ReadSettings): Promise<readonly string[]> {
  if (settings.format !== 'arrays') return namesIn(await firstOf(objectsIn(source, settings), 50))
  return Object.keys(arraysOf(await wholeOf(source), source.file)).slice(0, columnLimit)
}

const textIn = (source: Source, { encoding }: ReadSettings) =>
  textOf(source.chunks(), encoding, source.file, source.told)

function objectsIn(source: Source, settings: ReadSettings) {
  if (settings.format === 'jsonl') return jsonLines(textIn(source, settings), source.file)
  return jsonList(textIn({ ...source, chunks: () => bounded(source, wholeLimits.json) }, settings), source.file)
}

/** The pieces of a file that is read in one go. Throws `file-too-large` where it is too much for that. */
async function* bounded({ file, chunks }: Source, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const piece of chunks()) {
    size += piece.length
    if (size > most) {
      const limit = most / 2 ** 20
      const message = `${file} is larger than ${limit} MB, which is the most that is read in one go.`
      throw new LabError('file-too-large', message, 'Save it as JSON lines or CSV.', { file, limit })
    }
    yield piece
  }
}

async function wholeOf(source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bounded(source, wholeLimits.arrays)) {
    pieces.push(piece)
    size += piece.length
    source.told?.(size)
  }
  return Buffer.concat(pieces)
}
