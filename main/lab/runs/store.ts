import type { RunSummary } from '../../../shared/contract.ts'
import type { Rows, RunStatus } from '../../../shared/telemetry.ts'
import type { JobFacts, Snapshot } from '../../engine/protocol.ts'

/** What changed in one run since the last save. */
export interface RunChanges {
  readonly summary: RunSummary
  /** Rows after this step no longer count. */
  readonly truncatedTo?: number
  /** Rows to add after that. */
  readonly rows: Rows
}

/** Where a training keeps what must survive the process; the command line needs none. */
export interface TrainingStore {
  /** Saves all of it or nothing; called at most once a second. */
  save(epoch: number, runs: readonly RunChanges[]): void
  /** Saves a snapshot. Rows up to its step have been saved before. */
  saveCheckpoint(run: number, snapshot: Snapshot): Promise<void>
  /** The latest snapshot that is whole; null when there is none. */
  loadCheckpoint(run: number): Promise<Snapshot | null>
}

/** A training as it was when the process ended. */
export interface SavedTraining {
  readonly facts: JobFacts
  readonly engine: string
  readonly epoch: number
  readonly runs: readonly { readonly status: RunStatus; readonly rows: readonly Rows[] }[]
}

export const noStore: TrainingStore = {
  save() {},
  async saveCheckpoint() {},
  loadCheckpoint: async () => null,
}
