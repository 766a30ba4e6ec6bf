import Papa from 'papaparse'
import { SetHeader } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { type StoredRow, storeRow } from './rows.ts'
import { jsonOf, type SetFile } from './set-file.ts'

/** What a table of a set begins with. */
export const mark = '# unroll-sequences/1 '

/** A comment with the header, then a table of the five fields, lists and tags as JSON. */
export function writeCsv(header: SetHeader, rows: readonly StoredRow[]): Uint8Array {
  const fields = ['inputs', 'target', 'split', 'tags', 'note'] as const
  const table = Papa.unparse(
    { fields: [...fields], data: rows.map((row) => fields.map((field) => row[field])) },
    { newline: '\n' },
  )
  return new TextEncoder().encode(`${mark}${JSON.stringify(header)}\n${table}\n`)
}

export function readCsv(bytes: Uint8Array, file: string): SetFile {
  const text = new TextDecoder().decode(bytes)
  const end = text.indexOf('\n')
  const header = parse(SetHeader, jsonOf(text.slice(mark.length, end), file, 1), 'format-invalid', `${file}, line 1`)
  const { data } = Papa.parse<string[]>(text.slice(end + 1), { delimiter: ',', newline: '\n' })
  const rows = data.slice(1).flatMap(([inputs, target, split, tags, note], k) => {
    if (inputs === undefined || inputs === '') return []
    const where = `${file}, row ${k + 1}`
    const value = (json: string | undefined) => jsonOf(json ?? '', file, k + 3)
    return [
      storeRow(
        header,
        { inputs: value(inputs), target: value(target), split, tags: value(tags), note: note ?? '' },
        where,
      ),
    ]
  })
  return { header, rows }
}
