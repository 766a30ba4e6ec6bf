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
  /** Names, those that were looked at last at the end. */
  readonly #used = new Set<string>()

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
    if (!found || (source !== undefined && found.source !== source)) return undefined
    this.#touch(name)
    return JSON.parse(found.facts) as SetFacts
  }

  /** Puts a set at hand, and those away that were looked at longest ago. */
  put(name: string, source: string, facts: SetFacts, rows: Iterable<StoredRow>): void {
    inTransaction(this.#database, () => {
      this.#remove(name)
      this.rows.append(name, facts.header, rows, 1)
      this.#add(name, source, facts)
    })
  }

  /** The same while others get their turns; it ends early where nobody wants the set any more, or it is there already. */
  async putInTurns(
    name: string,
    source: string,
    facts: SetFacts,
    batches: AsyncIterable<readonly StoredRow[]>,
    isWanted = () => true,
  ): Promise<void> {
    this.#remove(name)
    let id = 1
    for await (const batch of batches) {
      if (this.get(name, source)) return
      if (!isWanted()) {
        this.#remove(name)
        return
      }
      id = inTransaction(this.#database, () => this.rows.append(name, facts.header, batch, id))
    }
    if (!this.get(name, source)) this.#add(name, source, facts)
  }

  /** What draws a set's rows does so no longer: they are as they stand. */
  fix(name: string): void {
    this.#database.prepare("UPDATE copied_sets SET facts = json_set(facts, '$.live', NULL) WHERE dataset = ?").run(name)
  }

  #add(name: string, source: string, facts: SetFacts): void {
    this.#database
      .prepare('INSERT INTO copied_sets (dataset, source, facts) VALUES (?, ?, ?)')
      .run(name, source, JSON.stringify(facts))
    this.#touch(name)
    const kept = new Set([...this.#used].slice(-most))
    const all = this.#database.prepare('SELECT dataset FROM copied_sets').all() as { dataset: string }[]
    for (const { dataset } of all) if (!kept.has(dataset)) this.#remove(dataset)
  }

  #touch(name: string): void {
    this.#used.delete(name)
    this.#used.add(name)
  }

  #remove(name: string): void {
    this.#database.prepare('DELETE FROM copied_sequences WHERE dataset = ?').run(name)
    this.#database.prepare('DELETE FROM copied_sets WHERE dataset = ?').run(name)
    this.#used.delete(name)
  }
}
