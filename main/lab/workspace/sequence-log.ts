import type { DatabaseSync } from 'node:sqlite'
import { type Edit, parseRef } from '../../../shared/sequences.ts'
import { type Change, packChange, unpackChange } from '../datasets/change.ts'
import { History } from './history.ts'

/** A change, one that was taken back, and one that was made again. */
type Kind = 'change' | 'undo' | 'redo'

/** Of a version, which nothing changes. */
const noHistory = new History()

/** The log of every change of datasets of sequences: it only grows, and undo is an entry too. */
export class SequenceLog {
  readonly #database: DatabaseSync
  readonly #histories = new Map<string, History>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Counts changes, also those that took one back. */
  history(ref: string): History {
    if (parseRef(ref)[1] !== null) return noHistory
    const known = this.#histories.get(ref)
    if (known) return known
    const rows = this.#database.prepare('SELECT kind FROM sequence_log WHERE dataset = ? ORDER BY seq').all(ref)
    const history = new History((rows as { kind: Kind }[]).map(({ kind }) => kind))
    this.#histories.set(ref, history)
    return history
  }

  /** The change of an entry. */
  change(dataset: string, seq: number): Change {
    const row = this.#database
      .prepare('SELECT change FROM sequence_log WHERE dataset = ? AND seq = ?')
      .get(dataset, seq)
    return unpackChange((row as { change: Uint8Array }).change)
  }

  /** The name of the edit that an entry is of, without reading what it changed. */
  editName(dataset: string, seq: number): Edit['do'] {
    const row = this.#database.prepare('SELECT name FROM sequence_log WHERE dataset = ? AND seq = ?').get(dataset, seq)
    // Early entries have it only within.
    return (row as { name: Edit['do'] | null }).name ?? this.change(dataset, seq).do
  }

  add(dataset: string, kind: Kind, change: Change | null): void {
    const history = this.history(dataset)
    this.#database
      .prepare('INSERT INTO sequence_log (dataset, seq, kind, name, change) VALUES (?, ?, ?, ?, ?)')
      .run(dataset, history.length + 1, kind, change?.do ?? null, change && packChange(change))
    history.add(kind)
  }

  /** Entries were rolled back: what is known of them is read again. */
  forget(dataset: string): void {
    this.#histories.delete(dataset)
  }
}
