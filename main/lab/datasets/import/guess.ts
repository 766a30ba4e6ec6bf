import Papa from 'papaparse'
import { type ColumnRole, columnLimit, type ImportSettings, type Reason } from '../../../../shared/import.ts'
import { type Splitting, setLimits } from '../../../../shared/sequences.ts'
import { decode } from '../decode.ts'
import { missingMark, numeral } from './cells.ts'
import { keysOf, recordsOf, type Source } from './readers.ts'
import type { Record } from './text.ts'

/** Records that a guess looks at: enough to see several sequences of a table in long layout. */
const looked = 20_000

const delimiters = [',', '\t', ';', '|'] as const
const names: Readonly<Partial<{ [Role in ColumnRole]: RegExp }>> = {
  split: /^(split|part|set|fold|partition)$/i,
  time: /^(t|time|date|day|month|year|timestamp|step|datetime|index|时间|日期)$/i,
  target: /^(y|target|targets|label|labels|class|answer|output|category|sentiment|标签|类别|答案)$/i,
  group: /^(id|group|series|sequence|seq|sequence_id|symbol|subject|station|name|country|序列)$/i,
  note: /^(note|notes|comment|remark|备注)$/i,
}

export interface Guess {
  readonly settings: ImportSettings
  readonly reasons: readonly Reason[]
}

type Common = Pick<
  ImportSettings,
  'format' | 'encoding' | 'delimiter' | 'header' | 'tokenizer' | 'missing' | 'window' | 'split'
>

const shares = { validation: 0.1, test: 0.1, seed: 1 } as const
const atRandom: Splitting = { by: 'random', ...shares }
const byTime: Splitting = { by: 'time', ...shares }
const common: Common = {
  format: 'text',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  tokenizer: { id: 'words' },
  missing: 'refuse',
  window: null,
  split: atRandom,
}

/** What a file most likely is, and why. `source` is its beginning, or all of it where it is no text. */
export async function guess(source: Source, head: Uint8Array): Promise<Guess> {
  const { file } = source
  if (head[0] === 0x50 && head[1] === 0x4b) return objects(source, { ...common, format: 'arrays' }, [])
  if (head[0] === 0x93) return objects(source, { ...common, format: 'arrays' }, [])
  const { text, encoding } = decode(wholeLines(head), file)
  const reasons: Reason[] = [{ about: 'encoding', key: encoding }]
  const start = text.trimStart()
  if (/\.json$/i.test(file)) return objects(source, { ...common, encoding, format: 'json' }, reasons)
  if (/\.(jsonl|ndjson)$/i.test(file) || /^\{.*\}\s*\n\{/.test(start.slice(0, 100_000))) {
    return objects(source, { ...common, encoding, format: 'jsonl' }, reasons)
  }
  if (!/\.(csv|tsv|tab)$/i.test(file)) return plainText(text, { ...common, encoding }, reasons)
  return table(source, text, { ...common, encoding, format: 'csv' }, reasons)
}

/** Without a line that the head cuts through, or a character. */
function wholeLines(head: Uint8Array): Uint8Array {
  const end = head.lastIndexOf(10)
  return end > 0 ? head.subarray(0, end + 1) : head
}

const isChinese = (text: string) => (text.match(/\p{Script=Han}/gu)?.length ?? 0) * 5 > text.length

function tokenizerFor(text: string, reasons: Reason[]): ImportSettings['tokenizer'] {
  const id = isChinese(text) ? 'characters' : 'words'
  reasons.push({ about: 'tokenizer', key: id })
  return { id }
}

function plainText(text: string, settings: Common, reasons: Reason[]): Guess {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0)
  const tokenizer = tokenizerFor(text.slice(0, 20_000), reasons)
  const columns = [{ name: 'text', role: 'input' as const }]
  const isLines = lines.length >= 5 && longest <= 400
  reasons.push({ about: 'layout', key: isLines ? 'lines' : 'running-text', values: { lines: lines.length, longest } })
  const window = isLines ? null : { size: 64, stride: 32, horizon: 1 }
  const split = isLines ? atRandom : byTime
  return {
    settings: {
      ...settings,
      columns,
      tokenizer,
      layout: isLines ? 'wide' : 'long',
      inputs: 'tokens',
      target: 'next',
      window,
      split,
    },
    reasons,
  }
}

async function table(source: Source, text: string, settings: Common, reasons: Reason[]): Promise<Guess> {
  const delimiter = delimiterOf(text)
  reasons.push({ about: 'delimiter', key: delimiter === '\t' ? 'tab' : delimiter })
  const [first = []] = Papa.parse<string[]>(text.slice(0, 4_000_000), { delimiter, preview: 1 }).data
  const header = !first.some((field) => numeral.test(field.trim()))
  reasons.push({ about: 'header', key: header ? 'names' : 'numbers' })
  const columns = first
    .slice(0, columnLimit)
    .map((field, k) => (header && field.trim() ? field.trim().slice(0, setLimits.token) : `column ${k + 1}`))
  const records = await some(recordsOf(source, { ...settings, delimiter, header }))
  return roles(columns, records, { ...settings, delimiter, header }, reasons)
}

/** The delimiter that cuts the first lines into the same number of fields, the more the better. */
function delimiterOf(text: string): string {
  const scored = delimiters.map((delimiter) => {
    const rows = Papa.parse<string[]>(text.slice(0, 200_000), {
      delimiter,
      preview: 20,
      skipEmptyLines: true,
    }).data.slice(0, -1)
    const [width = 1] = rows.map((row) => row.length)
    return { delimiter, score: rows.every((row) => row.length === width) ? width : 1 }
  })
  return scored.reduce((best, each) => (each.score > best.score ? each : best)).delimiter
}

async function objects(source: Source, settings: Common, reasons: Reason[]): Promise<Guess> {
  const columns = await keysOf(source, settings)
  const records = await some(recordsOf(source, { ...settings, columns: columns.map((name) => ({ name })) }))
  return roles(columns, records, settings, reasons)
}

async function some(records: AsyncIterable<Record>): Promise<Record[]> {
  const first: Record[] = []
  for await (const record of records) {
    first.push(record)
    if (first.length === looked) break
  }
  return first
}

interface Seen {
  readonly name: string
  readonly numeric: boolean
  readonly list: boolean
  /** Of a column of lists: whether they hold numbers. */
  readonly numbers: boolean
  readonly distinct: number
  /** Mean characters of a text. */
  readonly size: number
  /** How often a value is that of the record before. */
  readonly repeats: number
}

function seen(name: string, index: number, records: readonly Record[]): Seen {
  const values = records.map(({ values: all }) => all[index])
  const texts = values.map((value) => (value === null || value === undefined ? '' : String(value).trim()))
  const given = texts.filter((text) => !missingMark.test(text))
  const list = values.some(Array.isArray)
  return {
    name,
    list,
    numeric: !list && given.length > 0 && given.every((text) => numeral.test(text)),
    numbers:
      list &&
      values.every(
        (value) => !Array.isArray(value) || value.flat().every((entry) => typeof entry === 'number' || entry === null),
      ),
    distinct: new Set(texts).size,
    size: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
    repeats: texts.filter((text, k) => k > 0 && text === texts[k - 1]).length / Math.max(1, texts.length - 1),
  }
}

function roles(columns: readonly string[], records: readonly Record[], settings: Common, reasons: Reason[]): Guess {
  const all = columns.map((name, index) => seen(name, index, records))
  const named = (role: ColumnRole) => all.find(({ name }) => names[role]?.test(name))
  const found = new Map<string, ColumnRole>()
  for (const role of ['split', 'note'] as const) {
    const column = named(role)
    if (column && !column.list) found.set(column.name, role)
  }
  const free = () => all.filter(({ name }) => !found.has(name))
  const done = (
    rest: Pick<ImportSettings, 'layout' | 'inputs' | 'target'> & Partial<ImportSettings>,
    why: Reason,
  ): Guess => {
    const isSplit = [...found.values()].includes('split')
    const roleOf = (name: string): ColumnRole => found.get(name) ?? 'ignore'
    const given = all.map(({ name }) => ({ name, role: roleOf(name) }))
    const missing = records.some(({ values }) =>
      given.some(({ role }, k) => role === 'input' && missingMark.test(String(values[k] ?? '').trim())),
    )
    const filled = rest.inputs === 'numbers' && missing ? { missing: 'interpolate' as const } : {}
    return {
      settings: { ...settings, columns: given, ...filled, ...rest, ...(isSplit && { split: null }) },
      reasons: [...reasons, why],
    }
  }

  const lists = free().filter(({ list }) => list)
  const input = lists.find(({ name }) => !names.target?.test(name)) ?? lists[0]
  if (input) {
    found.set(input.name, 'input')
    const target = named('target')
    if (target && target.name !== input.name) found.set(target.name, 'target')
    const kind =
      !target || target.name === input.name
        ? 'next'
        : target.list
          ? 'every-step'
          : target.numeric && input.numbers
            ? 'value'
            : 'class'
    return done(
      { layout: 'wide', inputs: input.numbers ? 'numbers' : 'tokens', target: kind },
      { about: 'layout', key: 'lists', values: { column: input.name } },
    )
  }
  // A text longer than a label is a sentence of its own.
  const text = free()
    .filter(({ numeric, size }) => !numeric && size > 8)
    .sort((a, b) => b.distinct * b.size - a.distinct * a.size)[0]
  if (text && text.distinct > records.length / 2 && !names.time?.test(text.name) && !names.group?.test(text.name)) {
    found.set(text.name, 'input')
    const target =
      named('target') ?? free().find(({ distinct, size }) => size < 30 && distinct <= Math.max(2, records.length / 4))
    if (target) found.set(target.name, 'target')
    for (const { name } of free()) found.set(name, 'tag')
    const index = columns.indexOf(text.name)
    const tokenizer = tokenizerFor(
      records
        .map(({ values }) => String(values[index]))
        .join(' ')
        .slice(0, 20_000),
      reasons,
    )
    return done(
      { layout: 'wide', inputs: 'tokens', target: target ? 'class' : 'next', tokenizer },
      { about: 'layout', key: 'sentences', values: { column: text.name } },
    )
  }
  const numeric = free().filter(({ numeric: is }) => is)
  const steps = numeric.filter(({ name }) => /(^|[^a-z])[a-z_ ]{0,6}\d+$/i.test(name))
  const target = named('target')
  if (steps.length >= 8 && steps.length * 2 > columns.length) {
    for (const { name } of steps) found.set(name, 'input')
    if (target) found.set(target.name, 'target')
    for (const { name } of free()) found.set(name, 'tag')
    const kind = target ? (target.numeric && target.distinct > 12 ? 'value' : 'class') : 'next'
    return done(
      { layout: 'wide', inputs: 'numbers', target: kind },
      { about: 'layout', key: 'columns-are-steps', values: { columns: steps.length } },
    )
  }
  const time = named('time')
  if (time) found.set(time.name, 'time')
  // Where time only ever goes on, there is one series, whatever else repeats.
  const times = time ? records.map(({ values }) => String(values[columns.indexOf(time.name)])) : []
  const goesOn = times.length > 1 && times.every((text, k) => k === 0 || compareTimes(times[k - 1] as string, text) < 0)
  const isGroup = ({ numeric: is, distinct, repeats }: Seen) =>
    !goesOn && !is && distinct < records.length && repeats > 0.3
  const group =
    free().find((column) => names.group?.test(column.name) && column.distinct < records.length) ?? free().find(isGroup)
  if (group) found.set(group.name, 'group')
  const measured = free().filter(({ numeric: is, name }) => is && !names.target?.test(name))
  for (const { name } of measured) found.set(name, 'input')
  if (target && !found.has(target.name)) found.set(target.name, 'target')
  const asked = target && found.get(target.name) === 'target' ? (target.numeric ? 'every-step' : 'class') : 'next'
  const why: Reason = group
    ? { about: 'layout', key: 'groups', values: { column: group.name, groups: group.distinct } }
    : { about: 'layout', key: 'one-series', values: { columns: measured.length } }
  // A few long series are learnt from as windows of them, many short ones as they are.
  const isFew = !group || group.distinct < 30
  const perSeries = records.length / (group?.distinct ?? 1)
  const window = { size: Math.max(2, Math.min(24, Math.floor(perSeries / 3))), stride: 1, horizon: 1 }
  const windows = isFew && asked !== 'class' ? { window, split: group ? { ...byTime, tag: 'step' } : byTime } : {}
  return done({ layout: 'long', inputs: 'numbers', target: asked, ...windows }, why)
}

function compareTimes(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  return Number.isNaN(x) || Number.isNaN(y) ? Date.parse(a) - Date.parse(b) : x - y
}
