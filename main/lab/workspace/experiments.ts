import { randomUUID } from 'node:crypto'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { EngineTimings, Experiment, RunSummary } from '../../../shared/contract.ts'
import { LabError, type LabErrorData } from '../../../shared/errors.ts'
import { decodeFrame } from '../../../shared/rpc.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import type { Rows, RunState } from '../../../shared/telemetry.ts'
import type { JobFacts } from '../../engine/protocol.ts'
import type { SavedTraining } from '../runs/store.ts'
import { inTransaction } from './schema.ts'

/** The file an experiment reads, apart from the dataset it was chosen from: that may be deleted. */
export interface Source {
  readonly name: string
  readonly hash: string
}

export interface StoredExperiment extends Experiment {
  readonly jobFacts: JobFacts
  readonly source: Source | undefined
}

interface Row {
  readonly id: string
  readonly name: string
  readonly created_at: number
  readonly updated_at: number
  readonly spec: string
  readonly engine: string
  readonly choice: string | null
  readonly facts: string
  readonly source_name: string | null
  readonly source_hash: string | null
  readonly epoch: number
}

interface RunRow {
  readonly state: RunState
  readonly step: number
  readonly failure: string | null
  readonly loss: number | null
  readonly metric: number | null
  readonly validation_loss: number | null
  readonly validation_metric: number | null
  readonly horizon: number | null
}

/** The experiments of a workspace, without what only a running training knows. */
export class ExperimentTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** An id for an experiment to come. */
  newId(): string {
    return randomUUID()
  }

  insert(
    experiment: Pick<StoredExperiment, 'id' | 'name' | 'spec' | 'engine' | 'choice' | 'jobFacts' | 'source'>,
  ): void {
    const { id, name, spec, engine, choice, jobFacts, source } = experiment
    const now = Date.now()
    inTransaction(this.#database, () => {
      this.#database
        .prepare(
          `INSERT INTO experiments (id, name, created_at, updated_at, spec, engine, facts, source_name, source_hash, choice, epoch)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
        )
        .run(
          ...([id, name, now, now, JSON.stringify(spec), engine, JSON.stringify(jobFacts)] satisfies SQLInputValue[]),
          source?.name ?? null,
          source?.hash ?? null,
          choice ? JSON.stringify(choice) : null,
        )
      const run = this.#database.prepare("INSERT INTO runs (experiment, run, state, step) VALUES (?, ?, 'ready', 0)")
      for (const index of jobFacts.runs.keys()) run.run(id, index)
    })
  }

  list(): StoredExperiment[] {
    const statement = this.#database.prepare(
      'SELECT * FROM experiments WHERE deleted_at IS NULL ORDER BY updated_at DESC',
    )
    return (statement.all() as unknown as Row[]).map((row) => this.#experiment(row))
  }

  /** Throws `not-found`. */
  get(id: string): StoredExperiment {
    const row = this.#database.prepare('SELECT * FROM experiments WHERE id = ? AND deleted_at IS NULL').get(id)
    if (!row) throw missing(id)
    return this.#experiment(row as unknown as Row)
  }

  rename(id: string, name: string): void {
    // `updated_at` says when it was last trained: a new name changes nothing about that.
    this.#check(id, this.#database.prepare('UPDATE experiments SET name = ? WHERE id = ?').run(name, id).changes)
  }

  /** Plans `steps` updates in all, where that is more than before, so that a later session knows. */
  extend(id: string, steps: number): void {
    const { spec } = this.get(id)
    if (steps <= spec.training.steps) return
    const longer: RunSpec = { ...spec, training: { ...spec.training, steps } }
    this.#database.prepare('UPDATE experiments SET spec = ? WHERE id = ?').run(JSON.stringify(longer), id)
  }

  /** An experiment goes on with another engine than before; without effect on one that is not there yet. */
  movedTo(id: string, engine: string, timings: EngineTimings | undefined): void {
    const row = this.#database.prepare('SELECT engine, choice FROM experiments WHERE id = ?').get(id)
    const before = row as Pick<Row, 'engine' | 'choice'> | undefined
    if (!before || before.engine === engine) return
    const { asked = 'auto' } = choiceOf(before) ?? {}
    const choice = JSON.stringify({ asked, ...(timings && { timings }) })
    this.#database.prepare('UPDATE experiments SET engine = ?, choice = ? WHERE id = ?').run(engine, choice, id)
  }

  remove(id: string): void {
    const statement = this.#database.prepare(
      'UPDATE experiments SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL',
    )
    this.#check(id, statement.run(Date.now(), id).changes)
  }

  restore(id: string): void {
    this.#check(id, this.#database.prepare('UPDATE experiments SET deleted_at = NULL WHERE id = ?').run(id).changes)
  }

  /** Everything a training needs to go on. */
  saved({ id, jobFacts, engine, runs }: StoredExperiment): SavedTraining {
    const { epoch } = this.#database.prepare('SELECT epoch FROM experiments WHERE id = ?').get(id) as { epoch: number }
    const chunks = this.#database.prepare('SELECT rows FROM telemetry WHERE experiment = ? AND run = ? ORDER BY first')
    return {
      facts: jobFacts,
      engine,
      epoch,
      runs: runs.map(({ state, step, stepsPerSecond, failure }, run) => ({
        status: { state, step, stepsPerSecond, ...(failure && { failure }) },
        rows: (chunks.all(id, run) as { rows: Uint8Array }[]).map(({ rows }) => decodeFrame(rows) as Rows),
      })),
    }
  }

  #experiment(row: Row): StoredExperiment {
    const jobFacts = JSON.parse(row.facts) as JobFacts
    const runs = this.#database.prepare('SELECT * FROM runs WHERE experiment = ? ORDER BY run').all(row.id)
    return {
      id: row.id,
      name: row.name,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      spec: JSON.parse(row.spec) as RunSpec,
      engine: row.engine,
      ...(row.choice && { choice: choiceOf(row) }),
      facts: jobFacts.task,
      jobFacts,
      source: row.source_name && row.source_hash ? { name: row.source_name, hash: row.source_hash } : undefined,
      runs: (runs as unknown as RunRow[]).map((run, index) => summary(run, jobFacts.runs[index])),
    }
  }

  #check(id: string, changes: number | bigint): void {
    if (Number(changes) === 0) throw missing(id)
  }
}

function missing(id: string): LabError {
  return new LabError('not-found', `There is no experiment ${id}.`, 'Open the list of experiments again.', { id })
}

const choiceOf = ({ choice }: Pick<Row, 'choice'>): Experiment['choice'] =>
  choice === null ? undefined : (JSON.parse(choice) as NonNullable<Experiment['choice']>)

/** SQLite has no NaN: it stores NULL. */
const number = (value: number | null) => value ?? Number.NaN

function summary(row: RunRow, facts: JobFacts['runs'][number] | undefined): RunSummary {
  return {
    name: facts?.name ?? '',
    cell: facts?.config.cell ?? '',
    parameters: facts?.parameters ?? 0,
    ...(facts?.bytes !== undefined && { bytes: facts.bytes }),
    state: row.state,
    step: row.step,
    stepsPerSecond: 0,
    ...(row.failure && { failure: JSON.parse(row.failure) as LabErrorData }),
    loss: number(row.loss),
    metric: number(row.metric),
    validationLoss: number(row.validation_loss),
    validationMetric: number(row.validation_metric),
    horizon: number(row.horizon),
  }
}
