import { columnLimit } from '../../../../shared/import.ts'
import { invalid, tooManyColumns } from './refusals.ts'
import { type Line, linesOf, type Record } from './text.ts'

/** JSON with its place: a value and the line it begins on. */
export interface Located {
  readonly line: number
  readonly value: unknown
  /** What errors call its place. */
  readonly where: string
}

/** The values of JSON lines; blank lines are passed over. Throws `format-invalid` with the line. */
export async function* jsonLines(text: AsyncIterable<string>, file: string): AsyncGenerator<Iterable<Located>> {
  for await (const lines of linesOf(text, file)) yield parsedLines(lines, file)
}

function* parsedLines(lines: readonly Line[], file: string): Generator<Located> {
  for (const { line, text } of lines)
    if (text.trim() !== '') yield { line, value: parsed(text, file, line), where: file }
}

/** The entries of the list that a JSON file is, or holds. Throws `format-invalid`. */
export async function* jsonList(text: AsyncIterable<string>, file: string): AsyncGenerator<readonly Located[]> {
  let all = ''
  for await (const piece of text) all += piece
  const whole = parsed(all, file, 1)
  const list = Array.isArray(whole) ? whole : Object.values(whole ?? {}).find(Array.isArray)
  if (!list) throw invalid(file, 1, 'there is no list in it', 'Give a list of objects.')
  yield list.map((value: unknown, k: number) => ({ line: 1, value, where: `${file}, entry ${k + 1}` }))
}

function parsed(json: string, file: string, line: number): unknown {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw invalid(file, line, (error as Error).message, 'Correct the JSON there.')
  }
  if (!isDeeper(value, deepest)) return value
  throw invalid(file, line, `lists stand in lists more than ${deepest} deep`, 'Give lists of values.')
}

/** What is deeper could not be written as a text again, which goes down by recursion. */
const deepest = 16

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const entries = Array.isArray(value) ? value : Object.values(value)
  return entries.some((entry) => isDeeper(entry, levels - 1))
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The names that entries have values under. */
export function namesIn(entries: readonly Located[]): string[] {
  if (!entries.every(({ value }) => isObject(value))) return ['inputs']
  return [...new Set(entries.flatMap(({ value }) => Object.keys(value as object)))].slice(0, columnLimit)
}

export function* recordsIn(entries: Iterable<Located>, names: readonly string[] | undefined): Generator<Record> {
  for (const entry of entries) yield recordOf(entry, names)
}

/** An object's values by column; a list, or anything else, is one value. */
function recordOf({ line, value, where }: Located, names: readonly string[] | undefined): Record {
  if (!isObject(value)) return { line, values: [value] }
  const keys = names ?? Object.keys(value)
  if (keys.length > columnLimit) throw tooManyColumns(where, line)
  return { line, values: keys.map((name) => (Object.hasOwn(value, name) ? value[name] : null)) }
}
