import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { type Recipe, SetHeader, setLimits } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { joinLines, linesOf } from './lines.ts'
import { type StoredRow, storeRow } from './rows.ts'

const format = 'unroll-sequences/1'
const FirstLine = v.looseObject({ format: v.literal(format) })

/** The header of a set that is in a file, and its rows as they are stored. */
export interface SetFile {
  readonly header: SetHeader
  readonly rows: readonly StoredRow[]
}

/**
 * A set as JSON lines, `unroll-sequences/1`: its header with `format`, then a row a line. What a version is, what is
 * exported, and what the command line trains on. Versions also say what drew the rows: a live set and the same rows
 * frozen are not the same.
 */
export function writeSetFile(header: SetHeader, rows: Iterable<StoredRow>, live: Recipe | null = null): Uint8Array {
  const lines = function* () {
    yield JSON.stringify({ format, ...header, ...(live && { live }) })
    for (const { inputs, target, split, tags, note } of rows) {
      yield `{"inputs":${inputs},"target":${target},"split":"${split}","tags":${tags},"note":${JSON.stringify(note)}}`
    }
  }
  return joinLines(lines())
}

/** Reads JSON lines with a header. Throws `format-invalid` or `row-invalid` with the line. */
export function readSetFile(bytes: Uint8Array, file: string): SetFile {
  const { header, rows } = openSetFile(bytes, file)
  return { header, rows: [...rows] }
}

/** The same; each row is read when it is asked for. */
export function openSetFile(bytes: Uint8Array, file: string): { header: SetHeader; rows: Generator<StoredRow, void> } {
  const lines = linesOf(bytes)
  const first = lines.next()
  const {
    format: _,
    live: _live,
    ...fields
  } = parse(FirstLine, first.done ? undefined : jsonOf(first.value, file, 1), 'format-invalid', file)
  const header = parse(SetHeader, fields, 'format-invalid', `${file}, line 1`)
  return { header, rows: rowsOf(header, lines, file) }
}

function* rowsOf(header: SetHeader, lines: Iterable<string>, file: string): Generator<StoredRow, void> {
  let line = 1
  let rows = 0
  for (const text of lines) {
    line++
    if (text.trim() === '') continue
    if (rows++ === setLimits.rows) {
      const message = `${file} has more than ${setLimits.rows} rows.`
      throw new LabError('file-too-large', message, 'Split it into several files.', { file, limit: setLimits.rows })
    }
    yield storeRow(header, jsonOf(text, file, line), `${file}, line ${line}`)
  }
}

/** JSON of a set. Throws `format-invalid` with the line. */
export function jsonOf(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = `${file}, line ${line}: ${(error as Error).message}.`
    throw new LabError('format-invalid', message, 'Correct the line, or export the dataset again.', { file, line })
  }
}
