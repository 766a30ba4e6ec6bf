import type { DatabaseSync } from 'node:sqlite'
import type { Recipe, SetHeader } from '../../../shared/sequences.ts'
import type { StoredRow } from '../datasets/rows.ts'
import { inTransaction } from './schema.ts'
import { SequenceRows } from './sequence-rows.ts'

/** Sets that are kept at hand. */
const most = 4

/** What a set is, besides its rows. */
export interface SetFacts {
  readonly header: SetHeader
  readonly live: Recipe | null
}

/**
 * Rows that are not the workspace's to keep, since they can be had again: what a live set draws, what a version
 * holds. They stand in tables of this connection alone, as those that are kept do, so that they are read alike.
 */
export class SequenceCopies {
  readonly rows: SequenceRows
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(`
      CREATE TEMP TABLE IF NOT EXISTS copied_sets (dataset TEXT PRIMARY KEY, source TEXT, facts TEXT);
      CREATE TEMP TABLE IF NOT EXISTS copied_sequences AS SELECT * FROM sequences WHERE 0;
      CREATE UNIQUE INDEX IF NOT EXISTS copied_by_id ON copied_sequences (dataset, id);
      CREATE INDEX IF NOT EXISTS copied_in_order ON copied_sequences (dataset, position)
    `)
    this.rows = new SequenceRows(database, 'copied_sequences')
  }

  /** What is at hand under a name, where it was made of `source`. */
  get(name: string, source?: string): SetFacts | undefined {
    const row = this.#database.prepare('SELECT source, facts FROM copied_sets WHERE dataset = ?').get(name)
    const found = row as { source: string; facts: string } | undefined
    return found && source !== undefined && found.source !== source ? undefined : found && JSON.parse(found.facts)
  }

  /** Puts a set at hand, and those away that were put there longest ago. */
  put(name: string, source: string, facts: SetFacts, rows: Iterable<StoredRow>): void {
    inTransaction(this.#database, () => {
      this.#remove('dataset = ?', name)
      this.rows.append(name, facts.header, rows, 1)
      this.#database
        .prepare('INSERT INTO copied_sets (dataset, source, facts) VALUES (?, ?, ?)')
        .run(name, source, JSON.stringify(facts))
      this.#remove('dataset NOT IN (SELECT dataset FROM copied_sets ORDER BY rowid DESC LIMIT ?)', most)
    })
  }

  /** What draws a set's rows does so no longer: they are as they stand. */
  fix(name: string): void {
    this.#database.prepare("UPDATE copied_sets SET facts = json_set(facts, '$.live', NULL) WHERE dataset = ?").run(name)
  }

  #remove(where: string, value: string | number): void {
    this.#database.prepare(`DELETE FROM copied_sequences WHERE ${where}`).run(value)
    this.#database.prepare(`DELETE FROM copied_sets WHERE ${where}`).run(value)
  }
}
