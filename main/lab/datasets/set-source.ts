import { LabError } from '../../../shared/errors.ts'
import { parts, type SetHeader, type Tags } from '../../../shared/sequences.ts'
import type { NumberSet, TokenSet } from '../../engine/protocol.ts'
import { allowedBy, faultOf, type StoredRow } from './rows.ts'

const tagLimit = 8

/**
 * A set as the engine takes it, without the rows that have a fault. Throws `set-incomplete` where a part is left
 * without a row.
 */
export function setSource(header: SetHeader, all: readonly StoredRow[], file: string): TokenSet | NumberSet {
  const allowed = allowedBy(header)
  const rows = all.filter((row) => faultOf(header, row, allowed) === null)
  checkParts(rows, all.length, file)
  const lengths = Int32Array.from(rows, ({ steps }) => steps)
  const common = {
    lengths,
    parts: Uint8Array.from(rows, ({ split }) => parts.indexOf(split)),
    tags: numericTags(rows),
  }
  const targets = rows.map(({ target }) => JSON.parse(target) as unknown)
  const labels = labelsOf(header, targets)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (header.inputs === 'numbers') {
    const values = new Float64Array(total * header.channels.length)
    fill(values, rows, (row) => (JSON.parse(row.inputs) as unknown[]).flat() as number[])
    const { classes, indices } = labels
    const answers = header.target === 'class' ? indices : header.target === 'next' ? [] : (targets.flat() as number[])
    return {
      ...common,
      kind: 'numbers',
      target: header.target,
      channels: header.channels,
      classes,
      values,
      targets: Float64Array.from(answers),
    }
  }
  const vocabulary = new Map<string, number>()
  const texts = header.vocabulary ?? distinct(rows.flatMap((row) => JSON.parse(row.inputs) as string[]))
  for (const token of texts) vocabulary.set(token, vocabulary.size)
  const ids = new Int32Array(total)
  fill(ids, rows, (row) => (JSON.parse(row.inputs) as string[]).map((token) => vocabulary.get(token) as number))
  const { classes, indices } = labels
  return {
    ...common,
    kind: 'tokens',
    target: header.target,
    vocabulary: [...vocabulary.keys()],
    classes,
    ids,
    targets: Int32Array.from(indices),
  }
}

const distinct = (texts: readonly string[]) => [...new Set(texts)].sort()

function fill<A extends Int32Array | Float64Array>(
  array: A,
  rows: readonly StoredRow[],
  of: (row: StoredRow) => number[],
): void {
  let at = 0
  for (const row of rows) {
    const values = of(row)
    array.set(values, at)
    at += values.length
  }
}

/** Labels as indices: those that may occur in their order, else those that do, sorted. */
function labelsOf(
  header: SetHeader,
  targets: readonly unknown[],
): { classes: readonly string[]; indices: readonly number[] } {
  const isLabelled = header.target === 'class' || (header.target === 'every-step' && header.inputs === 'tokens')
  if (!isLabelled) return { classes: [], indices: [] }
  const given = targets.flat() as string[]
  const classes = header.classes ?? distinct(given)
  const indexOf = new Map(classes.map((label, k) => [label, k]))
  return { classes, indices: given.map((label) => indexOf.get(label) as number) }
}

function checkParts(rows: readonly StoredRow[], count: number, file: string): void {
  const missing = parts.find((part) => !rows.some(({ split }) => split === part))
  if (missing === undefined) return
  const left = count - rows.length
  const message = `${file}: no row of the part "${missing}" can be trained on${left ? ` (${left} rows have a fault)` : ''}.`
  throw new LabError('set-incomplete', message, 'Split the rows into parts, or repair those with a fault.', {
    file,
    part: missing,
    faulty: left,
  })
}

/** Tags that are whole numbers in all rows: answers can be sorted by them. */
function numericTags(rows: readonly StoredRow[]): Record<string, Int32Array> {
  const tags = rows.map((row) => JSON.parse(row.tags) as Tags)
  const isWhole = (text: string | undefined) => text !== undefined && /^-?\d{1,9}$/.test(text)
  const names = Object.keys(tags[0] ?? {}).filter((name) => tags.every((of) => isWhole(of[name])))
  return Object.fromEntries(
    names.slice(0, tagLimit).map((name) => [name, Int32Array.from(tags, (of) => Number(of[name]))]),
  )
}
