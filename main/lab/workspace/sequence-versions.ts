import type { DatabaseSync } from 'node:sqlite'
import { writeSetFile } from '../datasets/set-file.ts'
import type { Objects } from './objects.ts'
import type { SequenceTable } from './sequences.ts'

/** A dataset as it was when something began to refer to it: content that nothing changes any more. */
export interface SetVersion {
  /** From 1. */
  readonly version: number
  readonly hash: string
}

interface Row extends SetVersion {
  readonly revision: number
}

/** The versions of datasets of sequences. */
export class SequenceVersions {
  readonly #database: DatabaseSync
  readonly #objects: Objects
  readonly #table: SequenceTable

  constructor(database: DatabaseSync, objects: Objects, table: SequenceTable) {
    this.#database = database
    this.#objects = objects
    this.#table = table
  }

  /** The version a dataset is in now: the last one where nothing has changed since, else a new one. */
  async freeze(dataset: string): Promise<SetVersion> {
    const last = this.#last(dataset)
    const revision = this.#table.history(dataset).length
    if (last?.revision === revision) return last
    const { header, rows } = this.#table.reader(dataset)
    const hash = await this.#objects.put(writeSetFile(header, rows()))
    try {
      // What was changed and changed back is the version it was.
      if (hash !== last?.hash) return this.#add(dataset, (last?.version ?? 0) + 1, revision, hash)
      this.#database
        .prepare('UPDATE sequence_versions SET revision = ? WHERE dataset = ? AND version = ?')
        .run(revision, dataset, last.version)
      return last
    } finally {
      this.#objects.settle(hash)
    }
  }

  #add(dataset: string, version: number, revision: number, hash: string): SetVersion {
    this.#database
      .prepare('INSERT INTO sequence_versions (dataset, version, revision, created_at, hash) VALUES (?, ?, ?, ?, ?)')
      .run(dataset, version, revision, Date.now(), hash)
    return { version, hash }
  }

  #last(dataset: string): Row | undefined {
    const row = this.#database
      .prepare('SELECT version, revision, hash FROM sequence_versions WHERE dataset = ? ORDER BY version DESC LIMIT 1')
      .get(dataset)
    return row as Row | undefined
  }
}
