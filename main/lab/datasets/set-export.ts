import type { SetHeader } from '../../../shared/sequences.ts'
import type { StoredRow } from './rows.ts'
import { about, readArrays, writeArrays } from './set-arrays.ts'
import { mark, readCsv, writeCsv } from './set-csv.ts'
import { readSetFile, type SetFile, writeSetFile } from './set-file.ts'

/** A file format that a set can be taken home in, and brought back from as it was. */
interface SetFormat {
  readonly extension: string
  write(header: SetHeader, rows: readonly StoredRow[]): Uint8Array
  /** Whether a file begins as one that `write` wrote. */
  isOwn(bytes: Uint8Array): boolean
  read(bytes: Uint8Array, file: string): SetFile
}

const begins = (bytes: Uint8Array, text: string) => new TextDecoder().decode(bytes.subarray(0, 400)).includes(text)

/** Every format by its id. */
export const setFormats: Readonly<Record<'jsonl' | 'csv' | 'npz', SetFormat>> = {
  jsonl: {
    extension: 'jsonl',
    write: writeSetFile,
    isOwn: (bytes) =>
      /^\ufeff?\s*\{/.test(new TextDecoder().decode(bytes.subarray(0, 8))) && begins(bytes, '"unroll-sequences/1"'),
    read: readSetFile,
  },
  csv: { extension: 'csv', write: writeCsv, isOwn: (bytes) => begins(bytes.subarray(0, 40), mark), read: readCsv },
  npz: {
    extension: 'npz',
    write: writeArrays,
    isOwn: (bytes) => bytes[0] === 0x50 && begins(bytes, about),
    read: readArrays,
  },
}

/** The set in a file that some format wrote; undefined for any other file. */
export function readOwn(bytes: Uint8Array, file: string): SetFile | undefined {
  return Object.values(setFormats)
    .find((format) => format.isOwn(bytes))
    ?.read(bytes, file)
}
