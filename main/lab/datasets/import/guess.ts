import Papa from 'papaparse'
import { columnLimit, type Reason } from '../../../../shared/import.ts'
import { setLimits } from '../../../../shared/sequences.ts'
import { decode } from '../decode.ts'
import { numeral } from './cells.ts'
import { atRandom, byTime, type Common, common, type Guess, tokenizerFor } from './guess-common.ts'
import { keysOf, recordsOf, type Source } from './readers.ts'
import { guessRoles } from './roles.ts'
import { firstOf } from './text.ts'

/** Records that a guess looks at: enough to see several sequences of a table in long layout. */
const looked = 20_000

const delimiters = [',', '\t', ';', '|'] as const

/** What a file most likely is, and why. `source` is its beginning, or all of it where it is no text. */
export async function guess(source: Source, head: Uint8Array): Promise<Guess> {
  const { file } = source
  const isArrays = head[0] === 0x93 || (head[0] === 0x50 && head[1] === 0x4b)
  if (isArrays) return objects(source, { ...common, format: 'arrays' }, [])
  const { text, encoding } = decode(wholeLines(head), file)
  const reasons: Reason[] = [{ about: 'encoding', key: encoding }]
  const start = text.trimStart()
  if (/\.json$/i.test(file)) return objects(source, { ...common, encoding, format: 'json' }, reasons)
  if (/\.(jsonl|ndjson)$/i.test(file) || /^\{.*\}\s*\n\{/.test(start.slice(0, 100_000))) {
    return objects(source, { ...common, encoding, format: 'jsonl' }, reasons)
  }
  if (!/\.(csv|tsv|tab)$/i.test(file) && !isTabbed(text)) return plainText(text, { ...common, encoding }, reasons)
  return table(source, text, { ...common, encoding, format: 'csv' }, reasons)
}

/** Without a line that the head cuts through, or a character. */
function wholeLines(head: Uint8Array): Uint8Array {
  const end = head.lastIndexOf(10)
  return end > 0 ? head.subarray(0, end + 1) : head
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
  const { delimiter, width } = delimiterOf(text)
  reasons.push({ about: 'delimiter', key: width === 1 ? 'none' : delimiter === '\t' ? 'tab' : delimiter })
  const [first = []] = Papa.parse<string[]>(text.slice(0, 4_000_000), { delimiter, preview: 1 }).data
  const again = repeatedBelow(text, delimiter)
  const header = again === undefined && !first.some((field) => numeral.test(field.trim()))
  if (again === undefined) reasons.push({ about: 'header', key: header ? 'names' : 'numbers' })
  else reasons.push({ about: 'header', key: 'repeats', values: { text: again } })
  const columns = first
    .slice(0, columnLimit)
    .map((field, k) => (header && field.trim() ? field.trim().slice(0, setLimits.token) : `column ${k + 1}`))
  const records = await firstOf(recordsOf(source, { ...settings, delimiter, header }), looked)
  return guessRoles(columns, records, { ...settings, delimiter, header }, reasons)
}

/** Of rows as many as need be alike; the others are mistakes in the file, which its reader will name. */
const mostAlike = 0.8

const firstRows = (text: string, delimiter: string): string[][] =>
  Papa.parse<string[]>(text.slice(0, 200_000), { delimiter, preview: 20, skipEmptyLines: true }).data.slice(0, -1)

/** The delimiter that cuts most of the first lines into the same number of fields, the more the better. */
function delimiterOf(text: string): { readonly delimiter: string; readonly width: number } {
  const scored = delimiters.map((delimiter) => {
    const rows = firstRows(text, delimiter)
    const [width, alike] = commonest(rows.map(({ length }) => length))
    return { delimiter, width: alike >= mostAlike * rows.length ? width : 1 }
  })
  return scored.reduce((best, each) => (each.width > best.width ? each : best))
}

function commonest(widths: readonly number[]): readonly [width: number, rows: number] {
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [1, 0])
}

/** Whether a text is a table all the same: lines with tabs, most of them as many. */
const isTabbed = (text: string) => text.split('\n').length > 2 && delimiterOf(text).delimiter === '\t'

/** A text of the first row that stands in its column again, as labels do and names do not. */
function repeatedBelow(text: string, delimiter: string): string | undefined {
  const [first = [], ...rest] = Papa.parse<string[]>(text.slice(0, 200_000), { delimiter, skipEmptyLines: true }).data
  return first.find(
    (field, k) => field.trim() !== '' && !numeral.test(field.trim()) && rest.some((row) => row[k] === field),
  )
}

async function objects(source: Source, settings: Common, reasons: Reason[]): Promise<Guess> {
  const columns = await keysOf(source, settings)
  const records = await firstOf(recordsOf(source, { ...settings, columns: columns.map((name) => ({ name })) }), looked)
  return guessRoles(columns, records, settings, reasons)
}
