import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'
import type { Edit, Part, SetHeader, Splitting } from '../../../shared/sequences.ts'
import { type Change, inverse, type PlacedRow, packChange, unpackChange } from '../datasets/change.ts'
import { changeOf, type SetReader } from '../datasets/edits.ts'
import type { JudgedRow } from '../datasets/insight.ts'
import { allowedBy, faultOf, type StoredRow } from '../datasets/rows.ts'
import { History } from './history.ts'
import { inTransaction } from './schema.ts'

export const storedColumns = ['position', 'steps', 'inputs', 'target', 'split', 'tags', 'note'] as const

/**
 * The rows of datasets of sequences, their header and the log of every change. Each edit is one transaction:
 * whenever the process ends, it is there whole or not at all.
 */
export class SequenceTable {
  readonly #database: DatabaseSync
  readonly #histories = new Map<string, History>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Gives a dataset its header; it has no rows yet. */
  create(dataset: string, header: SetHeader): void {
    this.#database
      .prepare('INSERT INTO sequence_sets (dataset, header, next_id) VALUES (?, ?, 1)')
      .run(dataset, JSON.stringify(header))
  }

  /** Rows at the end that no log will know: what a file brings, before anyone edits. */
  append(dataset: string, rows: Iterable<StoredRow>): void {
    inTransaction(this.#database, () => {
      const { header, nextId } = this.reader(dataset)
      const allowed = allowedBy(header)
      const insert = this.#inserting(dataset)
      let id = nextId
      for (const row of rows) {
        insert(id, { ...row, position: id }, faultOf(header, row, allowed))
        id++
      }
      this.#database.prepare('UPDATE sequence_sets SET next_id = ? WHERE dataset = ?').run(id, dataset)
    })
  }

  /** Puts rows into other parts, which no log will know either. */
  assign(dataset: string, rows: Iterable<{ readonly id: number; readonly to: Part }>): void {
    inTransaction(this.#database, () => {
      const update = this.#database.prepare('UPDATE sequences SET split = ? WHERE dataset = ? AND id = ?')
      for (const { id, to } of rows) update.run(to, dataset, id)
    })
  }

  /** Throws `not-found` where the dataset is no set of sequences. */
  header(dataset: string): SetHeader {
    return this.reader(dataset).header
  }

  reader(dataset: string): SetReader {
    const set = this.#database.prepare('SELECT header, next_id FROM sequence_sets WHERE dataset = ?').get(dataset)
    if (!set) {
      const message = `The dataset ${dataset} is no set of sequences.`
      throw new LabError('not-found', message, 'Open the list of datasets again.', { id: dataset })
    }
    const { header, next_id: nextId } = set as { header: string; next_id: number }
    const row = this.#database.prepare(`SELECT ${storedColumns} FROM sequences WHERE dataset = ? AND id = ?`)
    const order = this.#database.prepare('SELECT id, position FROM sequences WHERE dataset = ? ORDER BY position')
    const all = this.#database.prepare(`SELECT id, ${storedColumns} FROM sequences WHERE dataset = ? ORDER BY position`)
    const splits = (how: Splitting) => {
      const key = how.by === 'stratified' ? 'target' : how.tag === undefined ? 'NULL' : 'json_extract(tags, ?2)'
      const query = `SELECT id, split, ${key} AS key FROM sequences WHERE dataset = ?1 ORDER BY position`
      const tag = key.includes('?2') ? [`$.${JSON.stringify(how.tag)}`] : []
      return this.#database.prepare(query).iterate(dataset, ...tag) as unknown as ReturnType<SetReader['splits']>
    }
    return {
      header: JSON.parse(header) as SetHeader,
      splits,
      nextId,
      row: (id) => row.get(dataset, id) as unknown as PlacedRow | undefined,
      order: () => order.all(dataset) as unknown as { id: number; position: number }[],
      rows: () => all.iterate(dataset) as unknown as Iterable<PlacedRow & { id: number }>,
    }
  }

  /** The next rows behind a position, with what is wrong with each. */
  after(dataset: string, position: number, count: number): JudgedRow[] {
    const rows = this.#database.prepare(
      `SELECT id, fault, ${storedColumns} FROM sequences WHERE dataset = ? AND position > ? ORDER BY position LIMIT ?`,
    )
    return rows.all(dataset, position, count) as unknown as JudgedRow[]
  }

  /** Does an edit and logs it; one that changes nothing leaves no trace. Throws what `changeOf` throws. */
  edit(dataset: string, edit: Edit): void {
    inTransaction(this.#database, () => {
      const change = changeOf(edit, this.reader(dataset))
      if (!change.rows.length && !change.header) return
      this.#apply(dataset, change)
      this.#log(dataset, 'change', packChange(change))
    })
  }

  /** Takes the last edit back; false where there is none. */
  undo(dataset: string): boolean {
    return this.#again(dataset, 'undo')
  }

  /** Does the edit again that was taken back last. */
  redo(dataset: string): boolean {
    return this.#again(dataset, 'redo')
  }

  /** Counts changes, also those that took one back. */
  history(dataset: string): History {
    const known = this.#histories.get(dataset)
    if (known) return known
    const rows = this.#database.prepare('SELECT kind FROM sequence_log WHERE dataset = ? ORDER BY seq').all(dataset)
    const history = new History((rows as { kind: 'change' }[]).map(({ kind }) => kind))
    this.#histories.set(dataset, history)
    return history
  }

  /** The change of a log entry. */
  change(dataset: string, seq: number): Change {
    const row = this.#database
      .prepare('SELECT change FROM sequence_log WHERE dataset = ? AND seq = ?')
      .get(dataset, seq)
    return unpackChange((row as { change: Uint8Array }).change)
  }

  #again(dataset: string, kind: 'undo' | 'redo'): boolean {
    const seq = this.history(dataset)[kind]
    if (seq === null) return false
    inTransaction(this.#database, () => {
      const change = this.change(dataset, seq)
      this.#apply(dataset, kind === 'undo' ? inverse(change) : change)
      this.#log(dataset, kind, null)
    })
    return true
  }

  #log(dataset: string, kind: 'change' | 'undo' | 'redo', change: Uint8Array | null): void {
    const history = this.history(dataset)
    this.#database
      .prepare('INSERT INTO sequence_log (dataset, seq, kind, change) VALUES (?, ?, ?, ?)')
      .run(dataset, history.length + 1, kind, change)
    history.add(kind)
  }

  #apply(dataset: string, { header, rows }: Change): void {
    if (header) {
      this.#database
        .prepare('UPDATE sequence_sets SET header = ? WHERE dataset = ?')
        .run(JSON.stringify(header.after), dataset)
    }
    const reader = this.reader(dataset)
    const allowed = allowedBy(reader.header)
    const remove = this.#database.prepare('DELETE FROM sequences WHERE dataset = ? AND id = ?')
    const insert = this.#inserting(dataset)
    let nextId = reader.nextId
    for (const { id, before, after } of rows) {
      if (after === null) remove.run(dataset, id)
      else if (before === null) insert(id, after as PlacedRow, faultOf(reader.header, after as PlacedRow, allowed))
      else this.#update(dataset, id, after)
      nextId = Math.max(nextId, id + 1)
    }
    this.#database.prepare('UPDATE sequence_sets SET next_id = ? WHERE dataset = ?').run(nextId, dataset)
    const touched = header ? undefined : rows.filter(({ after }) => after && ('inputs' in after || 'target' in after))
    if (touched?.length !== 0)
      this.#judge(
        dataset,
        touched?.map(({ id }) => id),
      )
  }

  #inserting(dataset: string): (id: number, row: PlacedRow, fault: string | null) => void {
    const insert = this.#database.prepare(
      `INSERT INTO sequences (dataset, id, ${storedColumns}, fault) VALUES (?, ?, ${storedColumns.map(() => '?')}, ?)`,
    )
    return (id, row, fault) => void insert.run(dataset, id, ...storedColumns.map((name) => row[name]), fault)
  }

  #update(dataset: string, id: number, fields: Partial<PlacedRow>): void {
    const names = storedColumns.filter((name) => fields[name] !== undefined)
    const values = names.map((name) => fields[name] as SQLInputValue)
    const assignments = names.map((name) => `${name} = ?`)
    this.#database
      .prepare(`UPDATE sequences SET ${assignments} WHERE dataset = ? AND id = ?`)
      .run(...values, dataset, id)
  }

  /** Says anew what is wrong with rows, all of them where none are named. */
  #judge(dataset: string, ids?: readonly number[]): void {
    const reader = this.reader(dataset)
    const allowed = allowedBy(reader.header)
    const mark = this.#database.prepare(
      'UPDATE sequences SET fault = ? WHERE dataset = ? AND id = ? AND fault IS NOT ?',
    )
    const judge = (id: number, row: PlacedRow) => {
      const fault = faultOf(reader.header, row, allowed)
      mark.run(fault, dataset, id, fault)
    }
    // Rows are not changed while they are being read: the order of ids is read first.
    for (const id of ids ?? reader.order().map((row) => row.id)) {
      const row = reader.row(id)
      if (row) judge(id, row)
    }
  }
}
