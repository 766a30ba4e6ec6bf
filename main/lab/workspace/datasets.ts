import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Dataset } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { DatasetFacts } from '../datasets/source.ts'
import type { Objects } from './objects.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly hash: string
  readonly facts: string
}

/** A dataset and the content it stands for. */
export interface StoredDataset extends Dataset {
  readonly hash: string
}

/** The datasets of a workspace. A removed one can be restored until it is purged. */
export class DatasetTable {
  readonly #database: DatabaseSync
  readonly #objects: Objects

  constructor(database: DatabaseSync, objects: Objects) {
    this.#database = database
    this.#objects = objects
  }

  async add(name: string, facts: DatasetFacts, bytes: Uint8Array): Promise<StoredDataset> {
    const hash = await this.#objects.put(bytes)
    const id = randomUUID()
    this.#database
      .prepare('INSERT INTO datasets (id, name, created_at, hash, facts) VALUES (?, ?, ?, ?, ?)')
      .run(id, name, Date.now(), hash, JSON.stringify(facts))
    this.#objects.settle(hash)
    return this.get(id)
  }

  list(): StoredDataset[] {
    const rows = this.#database
      .prepare('SELECT * FROM datasets WHERE deleted_at IS NULL ORDER BY created_at DESC')
      .all()
    return (rows as unknown as Row[]).map(dataset)
  }

  /** Throws `not-found`. */
  get(id: string): StoredDataset {
    const row = this.#database.prepare('SELECT * FROM datasets WHERE id = ? AND deleted_at IS NULL').get(id)
    if (!row) throw missing(id)
    return dataset(row as unknown as Row)
  }

  content({ hash }: StoredDataset): Promise<Uint8Array> {
    return this.#objects.get(hash)
  }

  rename(id: string, name: string): StoredDataset {
    this.#update(id, this.#database.prepare('UPDATE datasets SET name = ? WHERE id = ?').run(name, id).changes)
    return this.get(id)
  }

  remove(id: string): void {
    const statement = this.#database.prepare('UPDATE datasets SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL')
    this.#update(id, statement.run(Date.now(), id).changes)
  }

  restore(id: string): void {
    this.#update(id, this.#database.prepare('UPDATE datasets SET deleted_at = NULL WHERE id = ?').run(id).changes)
  }

  #update(id: string, changes: number | bigint): void {
    if (Number(changes) === 0) throw missing(id)
  }
}

function missing(id: string): LabError {
  return new LabError('not-found', `There is no dataset ${id}.`, 'Open the list of datasets again.', { id })
}

function dataset({ id, name, created_at: createdAt, hash, facts }: Row): StoredDataset {
  return { id, name, createdAt, hash, ...(JSON.parse(facts) as DatasetFacts) }
}
