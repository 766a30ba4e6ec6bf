import type { RunSummary } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Rows, RunStatus } from '../../../shared/telemetry.ts'
import type { JobFacts, Moment, Snapshot } from '../../engine/protocol.ts'

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
  /** Left out: no moments are kept, as on the command line, whose result is the last state. */
  readonly moments?: MomentStore
}

/** A run's states over its training, for whoever looks back. */
export interface MomentStore {
  /** Saves one, and lets others go where there are too many. */
  save(run: number, moment: Moment): Promise<void>
  /** Lets go of those after `step`: an engine goes on from there. */
  dropAfter(run: number, step: number): void
  /** Steps of those whose parameters are there, ascending. */
  steps(run: number): number[]
  /** The parameters of one of them. Throws `not-found`, or `workspace-invalid` where they are damaged. */
  load(run: number, step: number): Promise<Pick<Snapshot, 'step' | 'parameters'>>
  /** The gates of every one, in the order of their steps. */
  gates(run: number): Pick<Moment, 'step' | 'gates'>[]
}

export const noMoment = (step: number): LabError => {
  const message = `No state from training step ${step} is stored.`
  return new LabError('not-found', message, 'Choose a step that is listed, or the present state.', { step })
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
