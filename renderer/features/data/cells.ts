import type { Edit, RowField, SetHeader, SetState, ShownRow } from '../../../shared/sequences.ts'
import type { Messages } from '../../i18n/en.ts'
import { Refusal } from '../../ui/failure.ts'

/** A column of the grid: a field, or one step of the inputs. */
export interface Column {
  readonly key: string
  readonly field: RowField | 'number'
  /** From 0, of columns that are steps. */
  readonly step?: number
  readonly width: number
  /** Names of the lines in it, where there are several. */
  readonly channels?: readonly string[]
}

/** Columns before the steps stay where they are when the grid is scrolled sideways. */
const fixedColumns = (rows: number): readonly Column[] => [
  { key: 'number', field: 'number', width: Math.max(56, 18 + 8 * String(rows).length) },
  { key: 'split', field: 'split', width: 76 },
  { key: 'target', field: 'target', width: 110 },
]
const stepWidth = 62
/** Steps that have a column of their own; one more takes a new token. */
const mostSteps = 400

export function columnsOf({ header, longest, rows }: Pick<SetState, 'header' | 'longest' | 'rows'>): Column[] {
  const fixed = fixedColumns(rows).filter(({ key }) => key !== 'target' || header.target !== 'next')
  const rest: Column[] = [
    { key: 'tags', field: 'tags', width: 160 },
    { key: 'note', field: 'note', width: 160 },
  ]
  if (header.inputs === 'numbers') {
    const { channels } = header
    const several = channels.length > 1 ? { channels } : {}
    return [...fixed, { key: 'inputs', field: 'inputs', width: 520, ...several }, ...rest]
  }
  const steps = Array.from({ length: Math.min(mostSteps, longest + 1) }, (_, step) => ({
    key: `step ${step}`,
    field: 'inputs' as const,
    step,
    width: stepWidth,
  }))
  return [...fixed, ...steps, ...rest]
}

/** A cell as text: what it shows, what is copied, what an edit begins with. */
export function cellText(row: ShownRow, { field, step }: Column): string {
  if (field === 'number') return String(row.number)
  if (field === 'inputs') {
    if (!Array.isArray(row.inputs)) return numbersText(row)
    return step === undefined ? row.inputs.join(' ') : ((row.inputs as readonly string[])[step] ?? '')
  }
  if (field === 'tags')
    return Object.entries(row.tags)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  if (field === 'target') return targetText(row.target)
  return row[field]
}

function numbersText({ inputs }: ShownRow): string {
  if (!('shape' in inputs)) return ''
  const [steps = 0, width = 1] = inputs.shape
  const one = (t: number) => Array.from(inputs.data.subarray(t * width, (t + 1) * width), numberText).join(' ')
  return Array.from({ length: steps }, (_, t) => one(t)).join(', ')
}

const numberText = (value: number) => (Number.isNaN(value) ? '?' : String(value))

export function targetText(target: ShownRow['target']): string {
  if (target === null) return ''
  if (target instanceof Float64Array) return Array.from(target, numberText).join(', ')
  return Array.isArray(target) ? target.map((label) => label ?? '?').join(' ') : String(target)
}

/** What a cell says, where all of it is in the page. */
export function wholeCell(row: ShownRow, column: Column): string | undefined {
  const shown = 'shape' in row.inputs ? row.inputs.shape[0] : row.inputs.length
  const isWhole = shown === row.steps || (column.field !== 'inputs' && column.field !== 'target')
  return isWhole || column.step !== undefined ? cellText(row, column) : undefined
}

/** That a text cannot be read, and where it stands for inputs, what would be. */
export function unreadable(text: string, t: Messages, header?: SetHeader): Refusal {
  const format = header?.inputs === 'numbers' ? t.data.newInputs.numbers(header.channels) : undefined
  return new Refusal(t.data.cannotRead(text.slice(0, 60)), format && t.data.belongsThere(format))
}

/** What a typed text makes of a cell; undefined where it cannot be read as what belongs there. */
export function cellEdit(header: SetHeader, row: ShownRow, column: Column, typed: string): Edit | undefined {
  const value = readCell(header, row, column, typed)
  if (value === undefined || column.field === 'number') return undefined
  return { do: 'set', cells: [{ id: row.id, field: column.field, value }] }
}

function readCell(header: SetHeader, row: ShownRow, { field, step }: Column, typed: string): unknown {
  const text = typed.trim()
  switch (field) {
    case 'inputs':
      return header.inputs === 'tokens'
        ? tokensOf(row.inputs as readonly string[], step ?? 0, text)
        : seriesOf(text, header.channels.length)
    case 'target':
      return readTarget(header, text)
    case 'split':
      return partOf(text)
    case 'tags':
      return tagsOf(text)
    default:
      return typed
  }
}

/** A token at `step` becomes what was typed: several where blanks stand between, none where it is empty. */
function tokensOf(tokens: readonly string[], step: number, text: string): readonly string[] | string {
  // The first text of an empty row is a sentence, which the dataset's tokenizer cuts.
  if (!tokens.length) return text
  const typed = text.split(/\s+/).filter((token) => token !== '')
  return [...tokens.slice(0, step), ...typed, ...tokens.slice(step + 1)]
}

function seriesOf(text: string, channels: number): unknown {
  if (text === '' || text === '[]') return []
  const steps = text.split(channels === 1 ? /[\s,;]+/ : /[,;\n]+/).filter((part) => part.trim() !== '')
  const rows = steps.map((step) => step.trim().split(/\s+/).map(readNumber))
  if (rows.some((row) => row.length !== channels || row.includes(undefined))) return undefined
  return channels === 1 ? rows.map(([value]) => value) : rows
}

/** A number, null for "?"; undefined for anything else. */
function readNumber(text: string): number | null | undefined {
  if (text === '?') return null
  const value = Number(text.replace('−', '-'))
  return text !== '' && Number.isFinite(value) ? value : undefined
}

export function readTarget(header: SetHeader, text: string): unknown {
  if (text === '') return null
  if (header.target === 'class') return text
  if (header.target === 'value') return readNumber(text)
  const list = listOf(text)
  if (list) return list
  if (header.inputs === 'tokens') return text.split(/\s+/)
  const values = text.split(/[\s,;]+/).map(readNumber)
  return values.includes(undefined) ? undefined : values
}

const letters: Readonly<Record<string, string>> = {
  t: 'train',
  v: 'validation',
  e: 'test',
  训: 'train',
  验: 'validation',
  测: 'test',
}
const partOf = (text: string) => (/^te/i.test(text) ? 'test' : letters[text[0]?.toLowerCase() ?? ''])

function tagsOf(text: string): Readonly<Record<string, string>> | undefined {
  // A comma ends a tag where another one follows, so that values may have some.
  const pairs = text
    .split(/[,，](?=[^,，=]*=|\s*$)/)
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim()] as const
    })
  return pairs.some(([name]) => name === '') ? undefined : Object.fromEntries(pairs)
}

/** A list as it is copied where it could be read as something else. */
function listOf(text: string): unknown[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    return JSON.parse(text) as unknown[]
  } catch {
    return undefined
  }
}

/** Rows of a spreadsheet, or lines of text: the inputs, and behind a tab the answer. */
export function pastedRows(
  header: SetHeader,
  text: string,
): { readonly inputs: unknown; readonly target: unknown }[] | undefined {
  const lines = text
    .replace(/\r/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const rows = lines.map((line) => {
    const [first = '', ...rest] = line.split('\t')
    if (header.inputs === 'tokens')
      return {
        inputs: listOf(first.trim()) ?? first.trim(),
        target: header.target === 'next' ? null : readTarget(header, (rest[0] ?? '').trim()),
      }
    // Of numbers in columns, the last is the answer where one is asked for.
    const cells = [first, ...rest].map((cell) => cell.trim())
    const answer = header.target === 'next' || cells.length < 2 ? undefined : cells.pop()
    return {
      inputs: seriesOf(cells.join(header.channels.length === 1 ? ' ' : ', '), header.channels.length),
      target: answer === undefined ? null : readTarget(header, answer),
    }
  })
  return rows.some(({ inputs, target }) => inputs === undefined || target === undefined) ? undefined : rows
}
