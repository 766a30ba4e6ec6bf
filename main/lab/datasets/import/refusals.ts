import { type ErrorCode, LabError } from '../../../../shared/errors.ts'
import { columnLimit } from '../../../../shared/import.ts'

/** What a file can be refused for, wherever its records come from. */

export function invalid(file: string, line: number, what: string, hint: string, code: ErrorCode = 'format-invalid') {
  return new LabError(code, `${file}, line ${line}: ${what}.`, hint, { file, line })
}

export function ragged(file: string, line: number, fields: number, expected: number): LabError {
  const message = `${file}, line ${line}: ${fields} fields, but the rows before have ${expected}.`
  return new LabError('csv-ragged', message, 'Give every row as many fields.', { file, line, fields, expected })
}

export function tooManyColumns(file: string, line: number): LabError {
  const message = `${file}, line ${line}: more than ${columnLimit} columns, which is the most that is read.`
  const hint = 'Turn the table round: a row for every step.'
  return new LabError('file-too-large', message, hint, { file, line, limit: columnLimit })
}
