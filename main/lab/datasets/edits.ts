import { LabError } from '../../../shared/errors.ts'
import { type Edit, type SetHeader, setLimits } from '../../../shared/sequences.ts'
import { type Change, type PlacedRow, positionsBetween, type RowChange } from './change.ts'
import type { Rule, SetReader } from './edit-rule.ts'
import { ofTheWhole } from './edits-of-the-whole.ts'
import { type StoredRow, storeField, storeRow } from './rows.ts'
import { splitting } from './splits.ts'

/** What each edit changes; one that would change nothing gives no rows. */
const rules: { readonly [Do in Edit['do']]: Rule<Do> } = {
  insert({ after, rows }, reader) {
    const stored = rows.map((row, k) => storeRow(reader.header, row, `row ${k + 1}`))
    return { rows: inserted(stored, after, reader) }
  },

  remove({ ids }, reader) {
    return { rows: existing(ids, reader).map(({ id, row }) => ({ id, before: row, after: null })) }
  },

  duplicate({ ids }, reader) {
    const wanted = new Set(ids)
    const originals = reader.order().filter(({ id }) => wanted.has(id))
    const last = originals.at(-1)?.id
    if (last === undefined) return { rows: [] }
    const copies = existing(
      originals.map(({ id }) => id),
      reader,
    ).map(({ row: { position: _, ...row } }) => row)
    return { rows: inserted(copies, last, reader) }
  },

  move({ ids, after }, reader) {
    const moving = new Set(ids)
    const order = reader.order()
    const movers = order.filter(({ id }) => moving.has(id))
    const { positions, shifted } = place(
      order.filter(({ id }) => !moving.has(id)),
      after,
      movers.length,
    )
    const moved = movers.map(({ id, position }, k) => ({
      id,
      before: { position },
      after: { position: positions[k] as number },
    }))
    return { rows: [...shifted, ...moved] }
  },

  set({ cells }, reader) {
    const byRow = new Map<number, Partial<StoredRow>>()
    for (const { id, field, value } of cells) {
      byRow.set(id, { ...byRow.get(id), ...storeField(reader.header, field, value, `row ${id}`) })
    }
    return { rows: [...byRow].flatMap(([id, fields]) => differing(id, required(id, reader), fields)) }
  },

  replace({ in: field, find, by, ids }, reader) {
    const wanted = ids && new Set(ids)
    const rows: RowChange[] = []
    for (const { id, ...row } of reader.rows()) {
      if (wanted && !wanted.has(id)) continue
      if (field === 'note')
        rows.push(...differing(id, row, { note: row.note.replaceAll(find, by).slice(0, setLimits.text) }))
      else if (row[field].includes(JSON.stringify(find).slice(1, -1)))
        rows.push(...differing(id, row, replaced(row, field, find, by)))
    }
    return { rows }
  },

  split({ how }, reader) {
    return {
      rows: splitting([...reader.splits(how)], how).map(({ id, from, to }) => ({
        id,
        before: { split: from },
        after: { split: to },
      })),
    }
  },

  allow({ vocabulary, classes }, { header }) {
    if (vocabulary !== undefined && header.inputs !== 'tokens') {
      const hint = 'Name the classes that may occur instead.'
      throw new LabError('row-invalid', 'A dataset of numbers has no vocabulary.', hint, { field: 'vocabulary' })
    }
    const distinct = (list: readonly string[] | null) => list && [...new Set(list)]
    const after = {
      ...header,
      ...(vocabulary !== undefined && { vocabulary: distinct(vocabulary) }),
      ...(classes !== undefined && { classes: distinct(classes) }),
    } as SetHeader
    return { header: { before: header, after }, rows: [] }
  },

  ...ofTheWhole,
}

/**
 * What an edit comes to. Throws `row-invalid`, `not-found` or `spec-invalid` where it cannot be done, `rows-fixed`
 * where rows are drawn.
 */
export function changeOf(edit: Edit, reader: SetReader): Change {
  if (reader.live && !(edit.do in ofTheWhole)) {
    throw new LabError('rows-fixed', 'These rows are drawn, so they cannot be edited.', 'Freeze them first.')
  }
  const rule = rules[edit.do] as (edit: Edit, reader: SetReader) => Omit<Change, 'do'>
  return { do: edit.do, ...rule(edit, reader) }
}

function required(id: number, reader: SetReader): PlacedRow {
  const row = reader.row(id)
  if (row) return row
  throw new LabError('not-found', `There is no row ${id}.`, 'Open the dataset again.', { row: id })
}

function existing(ids: Iterable<number>, reader: SetReader): { id: number; row: PlacedRow }[] {
  return Array.from(new Set(ids), (id) => ({ id, row: required(id, reader) }))
}

/** The fields of `fields` that are not as in `row`; nothing where all are. */
function differing(id: number, row: PlacedRow, fields: Partial<StoredRow>): RowChange[] {
  const names = (Object.keys(fields) as (keyof StoredRow)[]).filter((name) => fields[name] !== row[name])
  if (!names.length) return []
  const pick = (from: Partial<StoredRow>) => Object.fromEntries(names.map((name) => [name, from[name]]))
  return [{ id, before: pick(row), after: pick(fields) }]
}

function inserted(rows: readonly StoredRow[], after: number | null, reader: SetReader): RowChange[] {
  const order = reader.order()
  if (order.length + rows.length > setLimits.rows) {
    const message = `A dataset holds at most ${setLimits.rows} rows.`
    throw new LabError('file-too-large', message, 'Remove rows first.', { limit: setLimits.rows })
  }
  const { positions, shifted } = place(order, after, rows.length)
  const added = rows.map((row, k) => ({
    id: reader.nextId + k,
    before: null,
    after: { ...row, position: positions[k] as number },
  }))
  return [...shifted, ...added]
}

/** Positions for rows that come after `after`, and what they push aside where numbers there are used up. */
function place(order: ReturnType<SetReader['order']>, after: number | null, count: number) {
  const index = after === null ? 0 : order.findIndex(({ id }) => id === after) + 1
  if (after !== null && index === 0) {
    throw new LabError('not-found', `There is no row ${after} to put rows after.`, 'Open the dataset again.', {
      row: after,
    })
  }
  const positions = positionsBetween(order[index - 1]?.position, order[index]?.position, count)
  if (positions) return { positions, shifted: [] }
  const shifted = order.slice(index).map(({ id, position }, k) => ({
    id,
    before: { position },
    after: { position: (order[index - 1]?.position ?? 0) + count + k + 1 },
  }))
  return { positions: positionsBetween(order[index - 1]?.position, undefined, count) as number[], shifted }
}

function replaced(row: StoredRow, field: 'inputs' | 'target', find: string, by: string): Partial<StoredRow> {
  const value = JSON.parse(row[field]) as unknown
  if (field === 'target') {
    const one = (label: unknown) => (label === find ? by || null : label)
    return { target: JSON.stringify(Array.isArray(value) ? value.map(one) : one(value)) }
  }
  const tokens = (value as unknown[]).flatMap((token) => (token === find ? (by ? [by] : []) : [token]))
  return { inputs: JSON.stringify(tokens), steps: tokens.length }
}
