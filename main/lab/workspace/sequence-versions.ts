import type { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'
import { type SetVersion, versionRef } from '../../../shared/sequences.ts'
import { type Change, inverse, summaryOf } from '../datasets/change.ts'
import { readSetFile, writeSetFile } from '../datasets/set-file.ts'
import type { Objects } from './objects.ts'
import type { SequenceTable } from './sequences.ts'

/** Content that nothing changes any more. */
interface Kept {
  /** From 1. */
  readonly version: number
  readonly hash: string
}

type Facts = Pick<SetVersion, 'rows' | 'live' | 'since'>

interface Row extends Kept {
  readonly revision: number
  readonly created_at: number
  readonly facts: string | null
}

const unknown: Facts = { rows: null, live: null, since: null }
const factsOf = ({ facts }: Row): Facts => (facts === null ? unknown : (JSON.parse(facts) as Facts))

/** The versions of datasets of sequences: each is a dataset as it was when something began to refer to it. */
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
  async freeze(dataset: string): Promise<Kept> {
    const [last] = this.#all(dataset)
    const revision = this.#table.history(dataset).length
    if (last?.revision === revision) return last
    const { header, live, rows, order } = this.#table.reader(dataset)
    const facts: Facts = { rows: order().length, live, since: last ? this.#changes(dataset, last.revision) : null }
    const hash = await this.#objects.put(writeSetFile(header, rows()))
    try {
      // What was changed and changed back is the version it was.
      if (hash !== last?.hash) return this.#add(dataset, { version: (last?.version ?? 0) + 1, hash }, revision, facts)
      this.#database
        .prepare('UPDATE sequence_versions SET revision = ? WHERE dataset = ? AND version = ?')
        .run(revision, dataset, last.version)
      return last
    } finally {
      this.#objects.settle(hash)
    }
  }

  /** All versions, the last first, each with the trainings that refer to it. */
  list(dataset: string): SetVersion[] {
    const trainings = this.#database.prepare(
      `SELECT id, name FROM experiments WHERE source_hash = ? AND json_extract(spec, '$.task.file') = ?
       AND deleted_at IS NULL ORDER BY created_at`,
    )
    const revision = this.#table.history(dataset).length
    return this.#all(dataset).map((row) => ({
      version: row.version,
      createdAt: row.created_at,
      ...factsOf(row),
      isNow: row.revision === revision,
      trainings: (trainings.all(row.hash, dataset) as { id: string; name: string }[]).map(({ id, name }) => ({
        id,
        name,
      })),
    }))
  }

  /** Puts what a version holds at hand, to be looked at and restored. Throws `not-found`. */
  async open(dataset: string, version: number): Promise<void> {
    const row = this.#all(dataset).find((each) => each.version === version)
    if (!row) {
      const message = `The dataset has no version ${version}.`
      throw new LabError('not-found', message, 'Open the dataset again.', { id: dataset, version })
    }
    const ref = versionRef(dataset, version)
    if (this.#table.copies.get(ref, row.hash)) return
    const { header, rows } = readSetFile(await this.#objects.get(row.hash), `version ${version}`)
    this.#table.copies.put(ref, row.hash, { header, live: factsOf(row).live }, rows)
  }

  /** What has come of all edits after a revision. */
  #changes(dataset: string, revision: number): SetVersion['since'] {
    const history = this.#table.history(dataset)
    const changes: Change[] = []
    for (let entry = revision + 1; entry <= history.length; entry++) {
      const { seq, isUndo } = history.at(entry)
      const change = this.#table.change(dataset, seq)
      changes.push(isUndo ? inverse(change) : change)
    }
    return summaryOf(changes)
  }

  #add(dataset: string, { version, hash }: Kept, revision: number, facts: Facts): Kept {
    this.#database
      .prepare(
        'INSERT INTO sequence_versions (dataset, version, revision, created_at, hash, facts) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(dataset, version, revision, Date.now(), hash, JSON.stringify(facts))
    return { version, hash }
  }

  /** The last first. */
  #all(dataset: string): Row[] {
    const rows = this.#database.prepare('SELECT * FROM sequence_versions WHERE dataset = ? ORDER BY version DESC')
    return rows.all(dataset) as unknown as Row[]
  }
}
