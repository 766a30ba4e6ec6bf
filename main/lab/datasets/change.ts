import { hash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { LabError } from '../../../shared/errors.ts'
import type { Edit, Recipe, SetChanges, SetHeader } from '../../../shared/sequences.ts'
import { joinLines, linesOf } from './lines.ts'
import type { StoredRow } from './rows.ts'

/** What SQLite takes as one value. */
const largestPacked = 1_000_000_000

/** A stored row and where it stands: rows are in the order of their positions. */
export interface PlacedRow extends StoredRow {
  readonly position: number
}

/** What an edit came to: what of which rows was and is. Swapping the two takes it back. */
export interface Change {
  readonly do: Edit['do']
  readonly header?: { readonly before: SetHeader; readonly after: SetHeader }
  /** What draws the rows; null where they are stored. */
  readonly live?: { readonly before: Recipe | null; readonly after: Recipe | null }
  readonly rows: readonly RowChange[]
}

/** Only fields that change; null: the row is not there, and then the other side has all fields. */
export interface RowChange {
  readonly id: number
  readonly before: Partial<PlacedRow> | null
  readonly after: Partial<PlacedRow> | null
}

export function inverse({ do: name, header, live, rows }: Change): Change {
  return {
    do: name,
    ...(header && { header: { before: header.after, after: header.before } }),
    ...(live && { live: { before: live.after, after: live.before } }),
    rows: rows.map(({ id, before, after }) => ({ id, before: after, after: before })),
  }
}

/** A line for what a change is, then one for each row: one string cannot hold every change. */
export function packChange({ rows, ...what }: Change): Uint8Array {
  const lines = function* () {
    yield JSON.stringify(what)
    for (const row of rows) yield JSON.stringify(row)
  }
  const bytes = deflateRawSync(joinLines(lines()))
  if (bytes.length <= largestPacked) return bytes
  const message = 'This edit changes more than can be taken back.'
  throw new LabError('file-too-large', message, 'Edit fewer rows at once.', { limit: largestPacked })
}

export function unpackChange(bytes: Uint8Array): Change {
  const [first = '', ...rows] = linesOf(inflateRawSync(bytes))
  // Early entries have their rows in the first line.
  return { rows: rows.map((line) => JSON.parse(line) as RowChange), ...(JSON.parse(first) as Omit<Change, 'rows'>) }
}

/**
 * Positions for `count` rows between two; undefined where numbers are too close for it and all rows have to be
 * numbered anew.
 */
export function positionsBetween(
  before: number | undefined,
  after: number | undefined,
  count: number,
): number[] | undefined {
  if (before === undefined && after === undefined) return Array.from({ length: count }, (_, k) => k + 1)
  if (after === undefined) return Array.from({ length: count }, (_, k) => (before as number) + k + 1)
  if (before === undefined) return Array.from({ length: count }, (_, k) => after - count + k)
  const step = (after - before) / (count + 1)
  const positions = Array.from({ length: count }, (_, k) => before + step * (k + 1))
  const rises = [before, ...positions, after].every((position, k, all) => k === 0 || position > (all[k - 1] as number))
  return rises ? positions : undefined
}

type Stored = PlacedRow & { readonly id: number }

/** Rows as they stand: one after the other, or by id. */
interface Rows {
  rows(): Iterable<Stored>
  row(id: number): PlacedRow | undefined
}

/**
 * How rows become others, in their order; those whose content is the same stay who they are. Contents are told apart by
 * their hashes, so that of all the rows none are held. Whoever iterates may take turns with others; null: nothing yet.
 */
export function* becoming(before: Rows, wanted: Iterable<PlacedRow>, nextId = 0): Generator<RowChange | null, void> {
  const left = new Map<string, { readonly places: Omit<Stored, keyof StoredRow>[]; taken: number }>()
  for (const { id, position, ...row } of before.rows()) {
    const key = contentOf(row)
    const same = left.get(key)
    if (same) same.places.push({ id, position })
    else left.set(key, { places: [{ id, position }], taken: 0 })
    yield null
  }
  let id = nextId
  let position = 0
  for (const row of wanted) {
    position++
    const alike = left.get(contentOf(row))
    const same = alike?.places[alike.taken++]
    if (!same) yield { id: id++, before: null, after: { ...fieldsOf(row), position } }
    else if (same.position === position) yield null
    else yield { id: same.id, before: { position: same.position }, after: { position } }
  }
  for (const { places, taken } of left.values()) {
    for (const { id: gone } of places.slice(taken)) {
      const row = before.row(gone)
      yield row ? { id: gone, before: fieldsOf(row), after: null } : null
    }
  }
}

const contentOf = ({ inputs, target, split, tags, note }: StoredRow) =>
  hash('sha256', JSON.stringify([inputs, target, split, tags, note]), 'base64')

const fieldsOf = ({ position, steps, inputs, target, split, tags, note }: PlacedRow): PlacedRow => ({
  position,
  steps,
  inputs,
  target,
  split,
  tags,
  note,
})

/**
 * What has come of changes, which are taken one after the other: rows that are new, gone, or not what they were. Where rows begin or
 * cease to be drawn, that is said by the edit's name: none of them is a person's own.
 */
export function summaryOf(changes: Iterable<Change>): SetChanges {
  const edits = new Set<Edit['do']>()
  const rows = new Map<number, RowChange>()
  for (const { do: name, live, rows: changed } of changes) {
    edits.add(name)
    for (const { id, before, after } of live ? [] : changed) {
      const first = rows.get(id)
      rows.set(id, {
        id,
        before: first ? first.before && { ...before, ...first.before } : before,
        after: after && { ...first?.after, ...after },
      })
    }
  }
  const isOther = ({ before, after }: RowChange) =>
    before !== null && after !== null && Object.entries(after).some(([name, value]) => before[name as never] !== value)
  const all = [...rows.values()]
  return {
    edits: [...edits],
    added: all.filter(({ before, after }) => !before && after).length,
    removed: all.filter(({ before, after }) => before && !after).length,
    changed: all.filter(isOther).length,
  }
}
