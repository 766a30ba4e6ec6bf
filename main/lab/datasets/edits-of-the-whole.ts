import { becoming, type Change } from './change.ts'
import type { Rule, SetReader } from './edit-rule.ts'
import { completed, sketch } from './generate.ts'

/** Edits of the set as a whole: all others are of rows, which have to be stored for that. */
export const ofTheWhole: { readonly [Do in 'draw' | 'freeze' | 'restore']: Rule<Do> } = {
  draw({ recipe }, reader) {
    const live = completed(recipe)
    if (isSame(live, reader.live)) return { rows: [] }
    return { ...facts(reader, { header: sketch(live).header, live }), rows: becoming(stored(reader), []) }
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
    const then = reader.version(version)
    return { ...facts(reader, then), rows: becoming(stored(reader), stored(then), reader.nextId) }
  },
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What changes of a set besides its rows. */
function facts(before: SetReader, after: Pick<SetReader, 'header' | 'live'>): Omit<Change, 'do' | 'rows'> {
  return {
    ...(!isSame(before.header, after.header) && { header: { before: before.header, after: after.header } }),
    ...(!isSame(before.live, after.live) && { live: { before: before.live, after: after.live } }),
  }
}

const stored = (reader: SetReader) => (reader.live ? [] : [...reader.rows()])
