import type { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { decodeFrame, encodeFrame } from '../../../shared/rpc.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import type { JobFacts, Snapshot } from '../../engine/protocol.ts'
import { type Origin, readCheckpoint, writeCheckpoint } from '../formats/checkpoint.ts'
import { rowsUpTo } from '../runs/log.ts'
import { specHash } from '../runs/origin.ts'
import type { RunChanges, TrainingStore } from '../runs/store.ts'
import { Moments } from './moments.ts'
import type { Objects } from './objects.ts'
import { inTransaction } from './schema.ts'

/** Snapshots kept of a run: the latest, and the one before in case the latest is damaged. */
const kept = 2

/** One experiment's rows and snapshots in the workspace. */
export class WorkspaceStore implements TrainingStore {
  readonly #database: DatabaseSync
  readonly #objects: Objects
  readonly #id: string
  readonly #isUsed: (hash: string) => boolean
  readonly moments: Moments

  constructor(database: DatabaseSync, objects: Objects, id: string, isUsed: (hash: string) => boolean) {
    this.#database = database
    this.#objects = objects
    this.#id = id
    this.#isUsed = isUsed
    this.moments = new Moments(database, objects, id, isUsed)
  }

  save(epoch: number, runs: readonly RunChanges[]): void {
    inTransaction(this.#database, () => {
      const touch = this.#database.prepare('UPDATE experiments SET epoch = ?, updated_at = ? WHERE id = ?')
      touch.run(epoch, Date.now(), this.#id)
      for (const [run, changes] of runs.entries()) this.#saveRun(run, changes)
    })
  }

  #saveRun(run: number, { summary, rows, truncatedTo }: RunChanges): void {
    this.#database
      .prepare(
        `UPDATE runs SET state = ?, step = ?, failure = ?, loss = ?, metric = ?, validation_loss = ?,
         validation_metric = ?, horizon = ? WHERE experiment = ? AND run = ?`,
      )
      .run(
        summary.state,
        summary.step,
        summary.failure ? JSON.stringify(summary.failure) : null,
        summary.loss,
        summary.metric,
        summary.validationLoss,
        summary.validationMetric,
        summary.horizon,
        this.#id,
        run,
      )
    if (truncatedTo !== undefined) {
      this.#cutRows(run, truncatedTo)
    }
    this.#insertRows(run, rows)
  }

  /** Takes back the rows after `step`; a chunk that reaches across it keeps its head. */
  #cutRows(run: number, step: number): void {
    const chunks = this.#database
      .prepare('DELETE FROM telemetry WHERE experiment = ? AND run = ? AND last > ? RETURNING first, rows')
      .all(this.#id, run, step) as { first: number; rows: Uint8Array }[]
    for (const { first, rows } of chunks) {
      if (first <= step) this.#insertRows(run, rowsUpTo(decodeFrame(rows) as Rows, step))
    }
  }

  #insertRows(run: number, rows: Rows): void {
    const { step } = rows.history
    const [first, last] = [step[0], step.at(-1)]
    if (first === undefined || last === undefined) return
    this.#database
      .prepare('INSERT INTO telemetry (experiment, run, first, last, rows) VALUES (?, ?, ?, ?, ?)')
      .run(this.#id, run, first, last, encodeFrame(rows))
  }

  async saveCheckpoint(run: number, snapshot: Snapshot): Promise<void> {
    const hash = await this.#objects.put(writeCheckpoint({ snapshot, origin: this.#origin(run) }))
    const superseded = inTransaction(this.#database, () => {
      this.#database
        .prepare('INSERT OR REPLACE INTO checkpoints (experiment, run, step, hash) VALUES (?, ?, ?, ?)')
        .run(this.#id, run, snapshot.step, hash)
      // A snapshot from after this one belongs to rows that were taken back.
      return this.#database
        .prepare(
          `DELETE FROM checkpoints WHERE experiment = ?1 AND run = ?2 AND (step > ?3 OR step NOT IN (
             SELECT step FROM checkpoints WHERE experiment = ?1 AND run = ?2 AND step <= ?3
             ORDER BY step DESC LIMIT ${kept})) RETURNING hash`,
        )
        .all(this.#id, run, snapshot.step) as { hash: string }[]
    })
    this.#objects.settle(hash)
    for (const old of superseded) await this.#objects.remove(old.hash, this.#isUsed)
  }

  async loadCheckpoint(run: number): Promise<Snapshot | null> {
    const rows = this.#database
      .prepare('SELECT hash FROM checkpoints WHERE experiment = ? AND run = ? ORDER BY step DESC')
      .all(this.#id, run) as { hash: string }[]
    for (const { hash } of rows) {
      try {
        const { snapshot, origin } = readCheckpoint(await this.#objects.get(hash), hash)
        if (isDeepStrictEqual(origin, this.#origin(run))) return snapshot
      } catch {
        // Damaged: the one before is a step back, but whole.
      }
    }
    return null
  }

  #origin(run: number): Origin {
    const { spec, facts, data } = this.#database
      .prepare('SELECT spec, facts, source_hash AS data FROM experiments WHERE id = ?')
      .get(this.#id) as { spec: string; facts: string; data: string | null }
    const { seed, ...rest } = JSON.parse(spec) as RunSpec
    const { runs } = JSON.parse(facts) as JobFacts
    return { run: runs[run]?.name ?? '', seed, spec: specHash({ seed, ...rest }), data: data ?? '' }
  }
}
