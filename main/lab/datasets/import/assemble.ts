import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings, MixedAnswers } from '../../../../shared/import.ts'
import { type Part, parts, type SetHeader, setLimits } from '../../../../shared/sequences.ts'
import type { StoredRow } from '../rows.ts'
import { tokenize } from '../tokenize.ts'
import { Cells } from './cells.ts'
import { LongRows } from './long.ts'
import { checkSplit } from './split.ts'
import type { Record, Records } from './text.ts'

/** What a file's rows will be. Throws `spec-invalid` where they cannot be split as is asked. */
export function headerOf(settings: ImportSettings): SetHeader {
  checkSplit(settings)
  const { inputs, target, columns, tokenizer, window, layout } = settings
  const named = columns
    .filter(({ role }) => role === 'input')
    .map(({ name }) => name.slice(0, setLimits.token) || 'value')
  if (inputs === 'tokens') {
    if (target === 'value')
      throw choose('target', 'Tokens are answered with a class, a label for each, or the next one.')
    return { inputs, target, classes: null, vocabulary: null, tokenizer }
  }
  const channels = layout === 'wide' ? ['value'] : [...new Set(named)]
  return { inputs, target: window ? 'value' : target, classes: null, channels: channels.length ? channels : ['value'] }
}

/**
 * A file's records as rows of a dataset, as they come: each batch of them is read to its end before the next. Throws
 * with line and column what cannot become one; `noticed` is told what was decided that a person should know of.
 */
export async function* rowsOf(
  records: Records,
  settings: ImportSettings,
  file: string,
  noticed?: (mixed: MixedAnswers) => void,
): AsyncGenerator<Iterable<StoredRow>> {
  const cells = new Cells(settings, file)
  if (!cells.inputs.length) throw choose('columns', 'Choose at least one column as input.')
  if (settings.layout === 'wide') {
    for await (const batch of records) yield wideRows(batch, settings, cells)
    return
  }
  const long = new LongRows(settings, cells, noticed)
  for await (const batch of records) yield long.add(batch)
  yield long.end()
}

function choose(field: string, hint: string): LabError {
  return new LabError('spec-invalid', 'The columns do not make sequences yet.', hint, { field })
}

function* wideRows(records: Iterable<Record>, settings: ImportSettings, cells: Cells): Generator<StoredRow> {
  for (const record of records) {
    const row = wideRow(record, settings, cells)
    if (row) yield row
  }
}

/** One record as one row; undefined where a missing number drops it, or there is nothing in it. */
function wideRow(record: Record, settings: ImportSettings, cells: Cells): StoredRow | undefined {
  const given = cells.inputs.map(({ index }) => record.values[index])
  if (settings.inputs === 'tokens') {
    const tokens = given.flatMap((value) =>
      Array.isArray(value) ? value.map(String) : tokenize(textOf(value), settings.tokenizer),
    )
    if (!tokens.length && settings.format === 'text') return undefined
    return stored(checkedTokens(tokens, record, cells), cells.target(record, settings.target), record, cells)
  }
  const numbers: number[] = []
  for (const [k, value] of given.entries()) {
    for (const entry of Array.isArray(value) ? value : [value]) numbers.push(numberOf(entry, record, cells, k))
  }
  const filled = cells.fill(numbers, record)
  if (!filled) return undefined
  return stored(filled, cells.target(record, settings.target), record, cells)
}

const textOf = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** A step's number, which may stand in a list of its own. */
function numberOf(entry: unknown, { line }: Record, cells: Cells, k: number): number {
  const value = Array.isArray(entry) && entry.length === 1 ? entry[0] : entry
  if (!Array.isArray(value)) return cells.number(value, line, cells.inputs[k]?.name ?? '')
  const hint = 'Save one channel, or use the long layout.'
  throw new LabError('row-invalid', `${cells.file}, line ${line}: several numbers at one step.`, hint, { line })
}

function checkedTokens(tokens: readonly string[], { line }: Record, { file }: Cells): readonly string[] {
  const long = tokens.find((token) => token.length > setLimits.token)
  if (long === undefined && tokens.length <= setLimits.steps) return tokens
  const what = long === undefined ? `has ${tokens.length} tokens` : `has a token of ${long.length} characters`
  throw new LabError('row-invalid', `${file}, line ${line}: a sequence ${what}.`, 'Choose another tokenizer.', {
    file,
    line,
  })
}

function stored(inputs: readonly unknown[], target: unknown, record: Record, cells: Cells): StoredRow {
  return {
    steps: inputs.length,
    inputs: JSON.stringify(inputs),
    target: JSON.stringify(target),
    split: partOf(cells.text('split', record)),
    tags: JSON.stringify(cells.tags(record)),
    note: cells.text('note', record).slice(0, setLimits.text),
  }
}

/** What people call the parts. */
export function partOf(text: string): Part {
  const name = text.trim().toLowerCase()
  if (parts.includes(name as Part)) return name as Part
  return /^(val|valid|dev|验证)/.test(name) ? 'validation' : /^(test|eval|测试)/.test(name) ? 'test' : 'train'
}
