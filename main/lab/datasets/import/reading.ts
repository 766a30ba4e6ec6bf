import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings } from '../../../../shared/import.ts'
import type { StoredRow } from '../rows.ts'
import { fileSource, readFile } from './import.ts'
import type { Source } from './readers.ts'

/** For tests: all rows of a file. */
export async function readAll(from: string | Source, settings: ImportSettings): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  const source = typeof from === 'string' ? fileSource(from) : from
  await readFile(source, settings, (batch) => void rows.push(...batch))
  return rows
}

/** For tests: the error that something ends in, which has to be one for people. */
export async function problemOf(act: Promise<unknown>): Promise<LabError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LabError && error.code !== 'internal') return error
  throw error ?? new Error('nothing was thrown')
}
