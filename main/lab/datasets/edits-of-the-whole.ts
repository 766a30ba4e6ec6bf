import { becoming, type Change, type RowChange } from './change.ts'
import type { Rule, SetReader } from './edit-rule.ts'
import { completed, sketch } from './generate.ts'
import { inTurns } from './turns.ts'

/** Edits of the set as a whole: all others are of rows, which have to be stored for that. */
export const ofTheWhole: { readonly [Do in 'draw' | 'freeze' | 'restore']: Rule<Do> } = {
  draw({ recipe }, reader) {
    const live = completed(recipe)
    if (isSame(live, reader.live)) return { rows: [] }
    return {
      ...facts(reader, { header: sketch(live).header, live }),
      rows: [...becoming(stored(reader), [])].flatMap(changed),
    }
  },

  freeze(_, reader) {
    if (!reader.live) return { rows: [] }
    const rows = Array.from(reader.rows(), ({ id: _, ...row }, k) => ({
      id: reader.nextId + k,
      before: null,
      after: row,
    }))
    return { ...facts(reader, { header: reader.header, live: null }), rows }
  },

  restore({ version }, reader) {
    const { rows, ...what } = restoring(version, reader)
    return { ...what, rows: [...rows].flatMap(changed) }
  },
}

/** What a `restore` comes to, found while others get their turns: it holds if rows are still the same then. */
export async function restored(version: number, reader: SetReader): Promise<Change> {
  const { rows, ...what } = restoring(version, reader)
  const changes: RowChange[] = []
  for await (const batch of inTurns(rows)) for (const row of batch) if (row) changes.push(row)
  return { do: 'restore', ...what, rows: changes }
}

function restoring(version: number, reader: SetReader) {
  const then = reader.version(version)
  return { ...facts(reader, then), rows: becoming(stored(reader), stored(then).rows(), reader.nextId) }
}

const changed = (row: RowChange | null) => row ?? []

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What changes of a set besides its rows. */
function facts(before: SetReader, after: Pick<SetReader, 'header' | 'live'>): Omit<Change, 'do' | 'rows'> {
  return {
    ...(!isSame(before.header, after.header) && { header: { before: before.header, after: after.header } }),
    ...(!isSame(before.live, after.live) && { live: { before: before.live, after: after.live } }),
  }
}

/** The rows that are kept: of a live set, none. */
const stored = (reader: SetReader): Pick<SetReader, 'rows' | 'row'> =>
  reader.live ? { rows: () => [], row: () => undefined } : reader
