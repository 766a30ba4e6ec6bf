import type { Answers, CheckId, CheckReport, EngineInfo, TaskFacts } from '../../shared/contract.ts'
import type { LabErrorData } from '../../shared/errors.ts'
import type {
  BatchQuery,
  BatchView,
  ExampleQuery,
  FindQuery,
  Found,
  Glance,
  GlanceQuery,
  InspectedExample,
  WhatIf,
  WhatIfQuery,
} from '../../shared/inspect.ts'
import type { Batch, Model, ModelConfig, Parameters, Trace } from '../../shared/model.ts'
import type { RunSpec } from '../../shared/spec.ts'
import type { Rows, RunState } from '../../shared/telemetry.ts'
import type { Opening } from './inspect/opened.ts'
import type { MeasureOptions } from './measure.ts'
import type { Way } from './team/trial.ts'
import type { TimedPath, TimingProblem } from './timing/problem.ts'

/** A file's content once the lab has read and checked it. */
export type TaskSource =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly columns: readonly { readonly name: string; readonly values: Float64Array }[] }
  | TokenSet
  | NumberSet

/** What datasets of sequences have in common: one row after the other, lengths telling where each ends. */
interface SequenceSet {
  /** Steps of each row [N], at least 1. */
  readonly lengths: Int32Array
  /** Which part each row is in [N]: an index into shared/sequences.ts' `parts`. */
  readonly parts: Uint8Array
  /** Texts of the classes or labels that are answered, where there are any. */
  readonly classes: readonly string[]
  /** Tags that are whole numbers in every row, [N] each. */
  readonly tags: Readonly<Record<string, Int32Array>>
}

export interface TokenSet extends SequenceSet {
  readonly kind: 'tokens'
  readonly target: 'class' | 'next' | 'every-step'
  readonly vocabulary: readonly string[]
  /** Indices into the vocabulary, the rows one after the other. */
  readonly ids: Int32Array
  /** Indices into the classes: [N], or one for every id; empty where the next token is asked for. */
  readonly targets: Int32Array
}

export interface NumberSet extends SequenceSet {
  readonly kind: 'numbers'
  readonly target: 'value' | 'class' | 'next' | 'every-step'
  readonly channels: readonly string[]
  /** [steps of all rows, channels]. */
  readonly values: Float64Array
  /** Values [N] or one for every step, or indices into the classes [N]; empty where the next value is asked for. */
  readonly targets: Float64Array
}

/** A run's whole state between two updates: restoring it continues the run bit for bit. */
export interface Snapshot {
  /** Updates made. Batches are a function of (seed, step), so this is the data position as well. */
  readonly step: number
  readonly parameters: Parameters
  /** The optimiser's own arrays by name, e.g. `adam.m.rnn.weight_hh_l0`. */
  readonly optimizer: Parameters
}

/** A run at one step of its training, kept to be looked into afterwards. */
export interface Moment extends Pick<Snapshot, 'step' | 'parameters'> {
  /** Its gates on the batch of the update to come, named as in moment.ts. */
  readonly gates: Trace
}

/**
 * What is looked into: the runs of the job, in stored states in place of the present ones where there are
 * some (null: the present one); or a model that was opened, by its id.
 */
export type States = readonly (Pick<Snapshot, 'step' | 'parameters'> | null)[]
export type Of = States | { readonly model: string }

export interface Job {
  /** Resolved: every default filled in. */
  readonly spec: RunSpec
  readonly source?: TaskSource
  /** Where to continue, per cell; null or left out: from the initial state. */
  readonly resume?: readonly (Snapshot | null)[]
}

export interface JobFacts {
  readonly task: TaskFacts
  readonly runs: readonly {
    readonly name: string
    readonly config: ModelConfig
    readonly parameters: number
    /** Bytes of the engine's memory that an update takes, where it can tell beforehand. */
    readonly bytes?: number
  }[]
}

/** What the host asks of an engine process. One process serves one job, plus traces of any model. */
export interface EngineFunctions {
  info(): Promise<EngineInfo>
  open(job: Job): Promise<JobFacts>
  /** Trains every run up to `steps` updates in all; returns at once. */
  play(steps: number): Promise<void>
  /** Resolves when no update is under way. */
  pause(): Promise<void>
  /** One update of every run that can go on, flow included. */
  step(): Promise<void>
  snapshots(): Promise<Snapshot[]>
  /** Milliseconds that an update of every run took each way, the shorter of which it trains; null before both are known. */
  ways(): Promise<Readonly<Record<Way, number>> | null>
  answers(of?: Of): Promise<Answers>
  example(query: ExampleQuery, of?: Of): Promise<InspectedExample>
  whatIf(query: WhatIfQuery, of?: Of): Promise<WhatIf>
  /** A search for what is alike; the one before is cancelled. In parts, between which training goes on. */
  find(query: FindQuery, of?: Of): Promise<Found>
  cancelFind(): Promise<void>
  glance(query: GlanceQuery, of?: Of): Promise<readonly Glance[]>
  /** In parts, between which training goes on. */
  batch(query: BatchQuery, of?: Of): Promise<BatchView>
  /** Opens a model from a file, to be looked into by its id until it is closed. */
  openModel(id: string, opening: Opening): Promise<TaskFacts>
  closeModel(id: string): Promise<void>
  sample(run: number, prompt: string, length: number, temperature: number): Promise<string>
  trace(model: Model, batch: Batch, options?: MeasureOptions): Promise<Trace>
  /** Milliseconds of each of `steps` training steps of a problem; see timing/timing.ts. */
  time(path: TimedPath, problem: TimingProblem, steps: number): Promise<number[]>
  /** Operations a second of a product at its best; null where it cannot tell. */
  ceiling(): Promise<number | null>
  /** Checks the engine itself. */
  check(id: CheckId): Promise<CheckReport>
}

/** What an engine process tells its host, unasked. Sent and forgotten: training never waits. */
export interface EngineEvents {
  /** Rows of one run since its last report, at most about ten times a second. */
  rows(run: number, rows: Rows): void
  state(run: number, state: RunState, step: number, stepsPerSecond: number, failure?: LabErrorData): void
  /** Taken every few seconds of training, and whenever it stops. */
  checkpoint(run: number, snapshot: Snapshot): void
  /** About sixty times over a training. */
  moment(run: number, moment: Moment): void
}
