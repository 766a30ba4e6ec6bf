import { basename } from 'node:path'
import type { Dataset } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { TaskSpec } from '../../../shared/spec.ts'
import type { TaskSource } from '../../engine/protocol.ts'
import { taskById } from '../../engine/tasks/registry.ts'
import { decode } from './decode.ts'
import { readOwn } from './set-export.ts'
import { readSetFile } from './set-file.ts'
import { setSource } from './set-source.ts'
import { checkTarget, parseTable } from './table.ts'

/** What a file turned out to hold, for a list of datasets. */
export type DatasetFacts = Pick<Dataset, 'kind' | 'bytes' | 'encoding' | 'length' | 'columns' | 'preview' | 'origin'>

const tableNames = /\.(csv|tsv|tab)$/i
const previewLength = 400
const previewRows = 6

/**
 * Looks at a file: a table where its name says so, else a text. Throws what is wrong with it, so that
 * no file comes in that no task could use.
 */
export function inspectFile(name: string, bytes: Uint8Array): DatasetFacts {
  const { text, encoding } = decode(bytes, name)
  const common = { bytes: bytes.byteLength, encoding }
  if (!tableNames.test(name)) {
    const characters = [...text]
    const preview = characters.slice(0, previewLength).join('')
    return { ...common, kind: 'text', length: characters.length, columns: [], preview }
  }
  const table = parseTable(text, name)
  if (table.columns.length === 0) {
    const message = `${name} has no column of numbers.`
    const columns = table.header.join(', ')
    throw new LabError('csv-no-column', message, `Its columns are: ${columns}.`, { file: name, columns })
  }
  const preview = text.split(/\r?\n/, previewRows).join('\n')
  return { ...common, kind: 'table', length: table.rows, columns: table.columns.map((column) => column.name), preview }
}

/** What a task with a file reads besides the file; the task's own schema has checked the values. */
interface FileTask extends TaskSpec {
  readonly target?: string
  readonly window?: number
  readonly horizon?: number
}

/** A file as the task takes it. `path` is named in errors by its last part. */
export function readSource(task: FileTask, path: string, bytes: Uint8Array): TaskSource | undefined {
  const { needs } = taskById(task.id)
  const file = basename(path)
  if (needs === 'nothing') return undefined
  if (needs === 'tokens' || needs === 'numbers') {
    const { header, rows } = readOwn(bytes, file) ?? readSetFile(bytes, file)
    if (header.inputs !== needs) throw wrongInputs(header.inputs, needs, file)
    return setSource(header, rows, file)
  }
  const { text } = decode(bytes, file)
  if (needs === 'text') return { kind: 'text', text }
  const table = parseTable(text, file)
  if (task.target !== undefined) {
    checkTarget(table, task.target, (task.window ?? 1) + (task.horizon ?? 1), file)
  }
  return { kind: 'table', columns: table.columns }
}

function wrongInputs(found: string, needed: string, file: string): LabError {
  const message = `${file} holds sequences of ${found}, but the task "${needed}" reads ${needed}.`
  return new LabError('spec-invalid', message, `Set task.id to "${found}".`, { file, field: 'task.id', value: needed })
}
