import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { LabError } from '../../../shared/errors.ts'
import { type SetVersion, versionRef } from '../../../shared/sequences.ts'
import { inverse, summaryOf } from '../datasets/change.ts'
import { drawInTurns } from '../datasets/draw.ts'
import { restored } from '../datasets/edits-of-the-whole.ts'
import { sketch } from '../datasets/generate.ts'
import { isSameRow } from '../datasets/rows.ts'
import { openSetFile, writeSetFile } from '../datasets/set-file.ts'
import { inTurns, Shared } from '../datasets/turns.ts'
import type { Objects } from './objects.ts'
import { inTransaction } from './schema.ts'
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
  readonly #opening = new Shared()

  constructor(database: DatabaseSync, objects: Objects, table: SequenceTable) {
    this.#database = database
    this.#objects = objects
    this.#table = table
  }

  /** The version that a dataset is now: one that it was before, where all is as it was then, else a new one. */
  async keep(dataset: string): Promise<Kept> {
    await this.#table.ready(dataset)
    const history = this.#table.log.history(dataset)
    const known = this.#all(dataset).find((row) => history.isAsAfter(row.revision))
    if (known) return known
    const revision = history.length
    const { header, live, rows, order } = this.#table.reader(dataset)
    const count = order().length
    const hash = await this.#objects.put(writeSetFile(header, rows(), live))
    try {
      // Others may have been kept meanwhile.
      return inTransaction(this.#database, () => {
        const all = this.#all(dataset)
        const same = all.find((row) => row.hash === hash)
        if (same) return this.#isAgain(dataset, same, revision)
        const [last] = all
        const since = last ? this.#changes(dataset, last.revision, revision) : null
        return this.#add(dataset, { version: (last?.version ?? 0) + 1, hash }, revision, { rows: count, live, since })
      })
    } finally {
      this.#objects.settle(hash)
    }
  }

  /** Makes a dataset what it was in a version. Throws `not-found`. */
  async restore(dataset: string, version: number): Promise<void> {
    const table = this.#table
    const ref = versionRef(dataset, version)
    for (;;) {
      const row = await this.open(dataset, version)
      const isSame = await this.#drawsStill(ref)
      if (!isSame) table.copies.fix(ref)
      const revision = table.log.history(dataset).length
      const change = await restored(version, table.reader(dataset))
      // Rows may have been edited meanwhile, and sets looked at for which this version was put away.
      if (table.log.history(dataset).length !== revision || !table.copies.get(ref, row.hash)) continue
      table.make(dataset, change)
      if (isSame) this.#isAgain(dataset, row, table.log.history(dataset).length)
      return
    }
  }

  /** All versions, the last first, each with the trainings that refer to it. */
  list(dataset: string): SetVersion[] {
    const trainings = this.#database.prepare(
      `SELECT id, name FROM experiments WHERE source_hash = ? AND json_extract(spec, '$.task.file') = ?
       AND deleted_at IS NULL ORDER BY created_at`,
    )
    const history = this.#table.log.history(dataset)
    return this.#all(dataset).map((row) => ({
      version: row.version,
      createdAt: row.created_at,
      ...factsOf(row),
      isNow: history.isAsAfter(row.revision),
      trainings: (trainings.all(row.hash, dataset) as { id: string; name: string }[]).map(({ id, name }) => ({
        id,
        name,
      })),
    }))
  }

  /** Puts what a version holds at hand, to be looked at and restored. Throws `not-found`. */
  async open(dataset: string, version: number): Promise<Kept> {
    const row = this.#all(dataset).find((each) => each.version === version)
    if (!row) {
      const message = `The dataset has no version ${version}.`
      throw new LabError('not-found', message, 'Open the dataset again.', { id: dataset, version })
    }
    const ref = versionRef(dataset, version)
    const { copies } = this.#table
    if (!copies.get(ref, row.hash))
      await this.#opening.run(ref, async () => {
        const { header, rows } = openSetFile(await this.#objects.get(row.hash), `version ${version}`)
        await copies.putInTurns(ref, row.hash, { header, live: factsOf(row).live }, inTurns(rows))
      })
    return row
  }

  /** Whether what drew a version's rows draws them to this day: a generator of a later Unroll may draw others, or refuse. */
  async #drawsStill(ref: string): Promise<boolean> {
    const { header, live } = this.#table.facts(ref)
    if (!live) return true
    const { rows } = this.#table.copies
    let position = Number.NEGATIVE_INFINITY
    try {
      if (!isDeepStrictEqual(sketch(live).header, header)) return false
      for await (const batch of drawInTurns(live)) {
        const kept = rows.after(ref, position, batch.length)
        if (!batch.every((row, k) => isSameRow(row, kept[k]))) return false
        position = kept.at(-1)?.position as number
      }
    } catch (error) {
      if (error instanceof LabError) return false
      throw error
    }
    return rows.after(ref, position, 1).length === 0
  }

  /** What has come of all edits after a revision, up to another; of their changes, one at a time is read. */
  #changes(dataset: string, from: number, to: number): SetVersion['since'] {
    const table = this.#table
    const changes = function* () {
      for (const { seq, isUndo } of table.log.history(dataset).between(from, to)) {
        const change = table.log.change(dataset, seq)
        yield isUndo ? inverse(change) : change
      }
    }
    return summaryOf(changes())
  }

  /** A dataset has become again what it was in a version. */
  #isAgain(dataset: string, { version, hash }: Kept, revision: number): Kept {
    this.#database
      .prepare('UPDATE sequence_versions SET revision = MAX(revision, ?) WHERE dataset = ? AND version = ?')
      .run(revision, dataset, version)
    return { version, hash }
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
