import * as v from 'valibot'
import { type ErrorCode, LabError } from './errors.ts'

type Issue = v.BaseIssue<unknown>

/** How a number's limits are said, by valibot's name of the check. */
const limits: Readonly<Record<string, string>> = {
  min_value: 'at least',
  max_value: 'at most',
  gt_value: 'more than',
  lt_value: 'less than',
  min_length: 'at least',
  max_length: 'at most',
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function isObjectIssue(issue: Issue): boolean {
  return issue.type === 'strict_object' || issue.type === 'loose_object' || issue.type === 'object'
}

/** What a value should have been: "at least 1", "a whole number", "one of "tanh", "relu"". */
function expectation(issue: Issue): string {
  const limit = limits[issue.type]
  if (limit && issue.type.endsWith('length')) {
    return `${limit} ${String(issue.requirement)} ${typeof issue.input === 'string' ? 'characters' : 'entries'}`
  }
  if (limit) return `${limit} ${String(issue.requirement)}`
  if (issue.type === 'integer') return 'a whole number'
  if (issue.type === 'picklist') return `one of ${issue.expected?.replace(/^\(|\)$/g, '').replaceAll(' | ', ', ')}`
  if (issue.type === 'regex') return `text that fits ${String(issue.requirement)}`
  if (issue.type === 'check') return issue.message
  const type = (issue.expected ?? issue.message).replace(/^\(|\)$/g, '').replaceAll(' | ', ' or ')
  return type === 'Object' ? 'an object' : type === 'Array' ? 'a list' : `a ${type}`
}

/**
 * The first thing that does not fit a schema, as an error that names the field, the value and the
 * limit. `where` says what was read ("run.json"); details carry `field`, `value` and `limit`.
 */
export function schemaError(code: ErrorCode, where: string, issues: readonly [Issue, ...Issue[]]): LabError {
  const [issue] = issues
  const field = v.getDotPath(issue) ?? ''
  const rest = issues.length > 1 ? ` (${issues.length - 1} more to follow)` : ''
  const key = issue.path?.at(-1)?.key
  if (isObjectIssue(issue) && issue.expected === 'never') {
    const message = `${where}: unknown field "${field}"${rest}.`
    return new LabError(code, message, 'Remove it, or correct its name.', { field, value: String(key) })
  }
  if (isObjectIssue(issue) && issue.received === 'undefined' && issue.expected?.startsWith('"')) {
    const hint = `Add "${String(key)}".`
    return new LabError(code, `${where}: the field "${field}" is missing${rest}.`, hint, { field })
  }
  const limit = expectation(issue)
  const name = field === '' ? 'the content' : `"${field}"`
  const message = `${where}: ${name} must be ${limit}, but is ${show(issue.input)}${rest}.`
  return new LabError(code, message, `Set ${name} to ${limit}.`, { field, value: show(issue.input), limit })
}

/** Parses `input`, or throws what `schemaError` makes of the first issue. */
export function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  code: ErrorCode,
  where: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  throw schemaError(code, where, result.issues as unknown as [Issue, ...Issue[]])
}
