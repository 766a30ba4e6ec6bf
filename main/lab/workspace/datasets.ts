import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Dataset } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import { freeName } from '../../../shared/names.ts'
import type { DatasetFacts } from '../datasets/source.ts'
import type { Objects } from './objects.ts'
import { inTransaction } from './schema.ts'
import type { SetFacts } from './sequence-copies.ts'
import type { SequenceViews } from './sequence-views.ts'
import type { SequenceTable } from './sequences.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly hash: string
  readonly facts: string
}

/** A dataset and the content it stands for; sequences have theirs in tables, and a hash of each version. */
export interface StoredDataset extends Dataset {
  readonly hash: string
}

/** Deleted in 1970: what is still being made. Nobody sees it, and where its making ends early, the next start tidies up. */
const unfinished = 0

/** The datasets of a workspace. A removed one can be restored until it is purged. */
export class DatasetTable {
  readonly #database: DatabaseSync
  readonly #objects: Objects
  readonly #sets: SequenceTable
  readonly #views: SequenceViews

  constructor(database: DatabaseSync, objects: Objects, sets: SequenceTable, views: SequenceViews) {
    this.#database = database
    this.#objects = objects
    this.#sets = sets
    this.#views = views
  }

  async add(name: string, facts: DatasetFacts, bytes: Uint8Array): Promise<StoredDataset> {
    const hash = await this.#objects.put(bytes)
    const id = randomUUID()
    this.#database
      .prepare('INSERT INTO datasets (id, name, created_at, hash, facts) VALUES (?, ?, ?, ?, ?)')
      .run(id, this.#freeName(name), Date.now(), hash, JSON.stringify(facts))
    this.#objects.settle(hash)
    return this.get(id)
  }

  /** A set of sequences without rows, which nobody sees until `finish`. Returns its id. */
  beginSet(name: string, set: SetFacts, origin?: Dataset['origin']): string {
    const id = randomUUID()
    const facts: DatasetFacts = { ...emptyFacts, kind: set.header.inputs, ...(origin && { origin }) }
    inTransaction(this.#database, () => {
      this.#database
        .prepare("INSERT INTO datasets (id, name, created_at, deleted_at, hash, facts) VALUES (?, ?, ?, ?, '', ?)")
        .run(id, name, Date.now(), unfinished, JSON.stringify(facts))
      this.#sets.create(id, set)
    })
    return id
  }

  /** Shows a set that is complete, under a name of its own. */
  finish(id: string): StoredDataset {
    const { name } = this.#database.prepare('SELECT name FROM datasets WHERE id = ?').get(id) as { name: string }
    this.#database.prepare('UPDATE datasets SET deleted_at = NULL, name = ? WHERE id = ?').run(this.#freeName(name), id)
    return this.get(id)
  }

  /** Takes back what `beginSet` began: now, or where a full disk refuses even that, at the next start. */
  discard(id: string): void {
    try {
      this.#database.prepare('DELETE FROM datasets WHERE id = ? AND deleted_at = ?').run(id, unfinished)
    } catch {}
  }

  list(): StoredDataset[] {
    const rows = this.#database
      .prepare('SELECT * FROM datasets WHERE deleted_at IS NULL ORDER BY created_at DESC')
      .all()
    return (rows as unknown as Row[]).map((row) => this.#dataset(row))
  }

  /** Throws `not-found`. */
  get(id: string): StoredDataset {
    const row = this.#database.prepare('SELECT * FROM datasets WHERE id = ? AND deleted_at IS NULL').get(id)
    if (!row) throw missing(id)
    return this.#dataset(row as unknown as Row)
  }

  /** Throws `not-found`, having looked at nothing else. */
  check(id: string): void {
    if (!this.#database.prepare('SELECT 1 FROM datasets WHERE id = ? AND deleted_at IS NULL').get(id)) throw missing(id)
  }

  content({ hash }: StoredDataset): Promise<Uint8Array> {
    return this.#objects.get(hash)
  }

  /** Throws `name-taken` where another dataset has the name. */
  rename(id: string, name: string): StoredDataset {
    const others = this.#database.prepare('SELECT 1 FROM datasets WHERE name = ? AND id != ? AND deleted_at IS NULL')
    if (others.get(name, id)) {
      throw new LabError('name-taken', `Another dataset is named "${name}".`, 'Choose another name.', { value: name })
    }
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

  #freeName(name: string): string {
    const taken = this.#database.prepare('SELECT name FROM datasets WHERE deleted_at IS NULL').all()
    return freeName(
      name,
      (taken as { name: string }[]).map((other) => other.name),
    )
  }

  #dataset({ id, name, created_at: createdAt, hash, facts }: Row): StoredDataset {
    const stored = { id, name, createdAt, hash, ...(JSON.parse(facts) as DatasetFacts) }
    if (stored.kind !== 'tokens' && stored.kind !== 'numbers') return stored
    const { header, live } = this.#sets.facts(id)
    return {
      ...stored,
      kind: header.inputs,
      ...(live && { live }),
      length: this.#views.count(id),
      columns: header.inputs === 'numbers' ? header.channels : [],
      preview: this.#views.preview(id),
    }
  }

  #update(id: string, changes: number | bigint): void {
    if (Number(changes) === 0) throw missing(id)
  }
}

function missing(id: string): LabError {
  return new LabError('not-found', `There is no dataset ${id}.`, 'Open the list of datasets again.', { id })
}

const emptyFacts = { bytes: 0, encoding: 'utf-8', length: 0, columns: [], preview: '' } as const
