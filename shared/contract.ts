import * as v from 'valibot'
import type { LabErrorData } from './errors.ts'
import { type ImportPreview, type ImportProgress, ImportSettings } from './import.ts'
import type { Insight } from './insight.ts'
import { inspectRoom } from './inspect.ts'
import { HorizonThreshold, Id, Index, type Method, method, Name, TrainingStep, Upload } from './method.ts'
import type { Trace } from './model.ts'
import type { NdArray } from './ndarray.ts'
import {
  Edit,
  type Occurrences,
  Recipe,
  RowIds,
  type SequenceRow,
  type SetCopy,
  SetHeader,
  type SetPage,
  SetRef,
  type SetState,
  type SetVersion,
  SetView,
  Token,
} from './sequences.ts'
import { RunSpec, Seed, TaskSpec } from './spec.ts'
import type { FlowRows, HistoryRows, RunStatus } from './telemetry.ts'

/**
 * The one interface between the page and the lab. Handlers, the wire and the page's `lab` object are
 * derived from it, so a method is typed once.
 */

/** How far a page has read an experiment's telemetry: rows seen, per run. */
const Cursor = v.strictObject({
  /** `news` of the last reply, so that a run's change of state since then is not waited for. */
  news: v.optional(Index),
  /** Changes when rows were taken back (continued from an earlier checkpoint): start again from 0. */
  epoch: Index,
  history: v.pipe(v.array(Index), v.maxLength(16)),
  flow: v.pipe(v.array(Index), v.maxLength(16)),
})
export type Cursor = v.InferInput<typeof Cursor>

const EngineId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/))
/** Wheels on the machine that the lab runs on, as a person types or pastes them. */
const WheelPaths = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(4096))),
  v.minLength(1),
  v.maxLength(32),
)

/** A training step on each engine, in milliseconds, the fastest first. */
export type EngineTimings = readonly { readonly id: string; readonly ms: number }[]

export interface EngineInfo {
  readonly id: string
  readonly state: 'ready' | 'not-installed' | 'unavailable'
  /** What computes, in words: "WebAssembly SIMD, 1 thread". */
  readonly description: string
  readonly version: string
  /** What it computes on, where that is not the machine's processor: the device's own name, and bytes of its memory. */
  readonly device?: { readonly name: string; readonly bytes?: number }
  /** Of an engine pack: bytes on the disk, and its last self-test against PyTorch. */
  readonly bytes?: number
  /** Where it was chosen by measurement. */
  readonly timings?: EngineTimings
  readonly selfTest?: {
    /** The largest relative error against PyTorch, and what is allowed. */
    readonly error: number
    readonly limit: number
    /** ISO 8601. */
    readonly at: string
    /** Operations that the lab needs and this engine does not have. */
    readonly unsupported?: readonly string[]
  }
  /** It comes in a pack that is installed and can be removed; else it is built in. */
  readonly isPack?: boolean
  /** Of a pack that is not installed: bytes that installing takes on the disk at its largest, about. */
  readonly room?: number
  /** Why it is unavailable. */
  readonly problem?: LabErrorData
}

/** What an installation or a check of an engine does, in this order; `check` holds files to their hashes. */
export type EngineStage = 'download' | 'unpack' | 'compile' | 'check' | 'test'

export interface EngineProgress {
  readonly stage: EngineStage
  /** Bytes so far and in all; absent where a stage has no measure. */
  readonly done?: number
  readonly total?: number
  /** Bytes per second over the last seconds, and seconds that what is left takes at that rate. */
  readonly rate?: number
  readonly left?: number
}

/** What is being done to an engine: one thing at a time. */
export interface EngineWork {
  readonly id: string
  readonly action: 'install' | 'verify'
  /** The stages that it goes through. */
  readonly stages: readonly EngineStage[]
  readonly progress?: EngineProgress
  /** It has been told to stop, and clears away what it made. */
  readonly isCancelled: boolean
}

/** How the last work on an engine ended; kept until it is dismissed or other work on that engine begins. */
export interface EngineOutcome {
  readonly id: string
  readonly action: EngineWork['action']
  readonly end: 'done' | 'failed' | 'cancelled'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly error?: LabErrorData
}

export interface EngineNews {
  /** Hand it back in the next call, so that what has been seen is not waited for. */
  readonly news: number
  /** Grows whenever `engines.list` may answer something else. */
  readonly changes: number
  readonly work?: EngineWork
  readonly outcomes: readonly EngineOutcome[]
}

/** What `auto` measured on this machine for a layer: the fastest is what it takes for such a run. */
export interface EngineChoice {
  readonly cell: string
  /** Time steps, units and examples of a batch. */
  readonly time: number
  readonly units: number
  readonly batch: number
  readonly timings: EngineTimings
}

export interface EngineList {
  readonly engines: readonly EngineInfo[]
  /** Shapes that `auto` has measured among the engines that can be used now, the latest first. */
  readonly choices: readonly EngineChoice[]
  /** Whether wheels can be chosen in a window of the machine's own (`pick`), and need not be typed. */
  readonly canPick: boolean
}
/** What the lab can check about itself, on any engine. */
export const checkIds = [
  'goldens',
  'finite-differences',
  'paths',
  'padding',
  'batch-order',
  'decay',
  'same-bits',
  'resume',
  'leaks',
] as const
export type CheckId = (typeof checkIds)[number]

/** One measured figure of a check; it holds when `figure` is at most `limit` (NaN never is). */
export interface CheckRow {
  /** What was checked: a cell, with its activation or circumstances: `rnn-relu`, `lstm`. */
  readonly of: string
  readonly figure: number
  readonly limit: number
  /** Why the engine cannot compute it, where that is so; the figure is then NaN. */
  readonly reason?: string
}

export interface CheckReport {
  readonly id: CheckId
  /** Engine id. */
  readonly engine: string
  readonly rows: readonly CheckRow[]
  readonly seconds: number
}

export interface LabInfo {
  readonly version: string
  readonly workspace: string
  readonly tasks: readonly TaskInfo[]
  readonly cells: readonly CellInfo[]
  readonly optimizers: readonly OptimizerInfo[]
}

/** A task as a form needs it; `schema` is JSON Schema (defaults, minimum, maximum) of its fields. */
export interface TaskInfo {
  readonly id: string
  readonly needs: 'nothing' | Dataset['kind']
  readonly schema: Readonly<Record<string, unknown>>
}

export interface CellInfo {
  readonly id: string
  readonly hasCellState: boolean
  /** Gate names in storage order, e.g. input, forget, candidate, output. */
  readonly gates: readonly string[]
}

/** An optimiser as a form needs it: the settings of `training` that it reads, with their defaults. */
export interface OptimizerInfo {
  readonly id: string
  readonly defaults: Readonly<Record<string, number | boolean>>
}

/** What the answer is compared with: the score of a network that only guesses. */
export interface Baseline {
  /** Message key, e.g. `mean` (always the mean answer) or `persistence` (the last value again). */
  readonly id: string
  readonly loss: number
  readonly metric: number
}

/** Held-out data: `validation` is measured while training goes on, `test` only for answers. */
export type Split = 'validation' | 'test'

/** What a task turned out to be once its data is there. */
export interface TaskFacts {
  readonly length: number
  readonly inputs: { readonly kind: 'values'; readonly names: readonly string[] } | { readonly kind: 'tokens' }
  /**
   * What is answered: a number, a number of a series that goes on, one of `classes`, the token that
   * comes next, or one of these at every step.
   */
  readonly outputs: 'value' | 'forecast' | 'class' | 'next-token' | 'value-series' | 'class-series'
  /** Texts of the ids that are read. */
  readonly vocabulary?: readonly string[]
  /** Texts of the ids that are answered, where they are not the vocabulary's. */
  readonly classes?: readonly string[]
  readonly target?: string
  readonly metric: { readonly id: string; readonly better: 'higher' | 'lower' }
  readonly loss: 'mse' | 'cross-entropy' | 'bce'
  /** Scored on the same examples of a split as the networks are; first is the one of guessing. */
  readonly baselines: Readonly<Record<Split, readonly Baseline[]>>
  /** Test examples. */
  readonly heldOut: number
  /** Validation examples that are scored while it trains; experiments of earlier versions do not say. */
  readonly validated?: number
}

export interface RunSummary extends RunStatus {
  /** Folder name on disk and in exports: `rnn`, `lstm`, `lstm-2`. */
  readonly name: string
  readonly cell: string
  readonly parameters: number
  /** Bytes of the engine's memory that an update takes, where the engine can tell beforehand. */
  readonly bytes?: number
  /** Latest measured values; NaN before the first, and where that is what was measured. */
  readonly loss: number
  readonly metric: number
  readonly validationLoss: number
  readonly validationMetric: number
  /**
   * Memory horizon in steps of the carried state at the last flow row; NaN when undefined, the length of that
   * batch's longest example for "all".
   */
  readonly horizon: number
}

export interface Experiment {
  readonly id: string
  readonly name: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly spec: RunSpec
  /** What it trains on, or did last. */
  readonly engine: string
  /** `auto`, or the engine that was asked for, and what `auto` measured; experiments of earlier versions have none. */
  readonly choice?: { readonly asked: string; readonly timings?: EngineTimings }
  readonly facts: TaskFacts
  readonly runs: readonly RunSummary[]
}

export interface Follow {
  readonly epoch: number
  /** Counts changes of the runs' states: hand it back in the next cursor. */
  readonly news: number
  readonly runs: readonly (RunStatus & { readonly history: HistoryRows; readonly flow: FlowRows })[]
}

export interface Dataset {
  readonly id: string
  readonly name: string
  /** A text or table as it stands in its file, or sequences of tokens or numbers that can be edited. */
  readonly kind: 'text' | 'table' | 'tokens' | 'numbers'
  readonly createdAt: number
  readonly bytes: number
  readonly encoding: 'utf-8' | 'gb18030'
  /** Characters of a text, rows of a table or of a set of sequences. */
  readonly length: number
  /** Numeric columns of a table, what is measured at every step of a set of sequences. */
  readonly columns: readonly string[]
  /** The first 400 characters, or the first rows as they stand. */
  readonly preview: string
  /** Of a set of sequences: the file it came from and how, to read another one in the same way. */
  readonly origin?: { readonly file: string; readonly settings: ImportSettings }
  /** Of a live set: what draws its rows. */
  readonly live?: Recipe
}

/** Held-out examples with every run's answers, in the task's own units. */
export interface Answers {
  /** [N, K] values or [N] ids; [N, T, K] or [N, T] where every step is answered. */
  readonly targets: NdArray<Float32Array>
  /** Real steps of each example [N], where they differ. */
  readonly lengths?: NdArray<Int32Array>
  /** Whole numbers that sort the examples, [N] each: the distance between clue and answer, the length. */
  readonly tags?: Readonly<Record<string, NdArray<Int32Array>>>
  /** Per run, shaped like `targets`: what it answers. */
  readonly outputs: readonly NdArray<Float32Array>[]
  /** Per run, the task's metric of each example alone, [N]. */
  readonly metrics: readonly NdArray<Float32Array>[]
  /** Baselines' answers where they are a series (forecast), by baseline id. */
  readonly baselines: Readonly<Record<string, NdArray<Float32Array>>>
  readonly scores: readonly { readonly loss: number; readonly metric: number }[]
}

/** One held-out example and, per run, its trace: the arrays of a trace file, batch of one. */
export interface Example {
  readonly index: number
  readonly count: number
  /** Inputs [T, D] in the task's own units, or [T] token ids. */
  readonly inputs: NdArray<Float32Array>
  /** Token texts where inputs are tokens. */
  readonly tokens?: readonly string[]
  readonly target: number
  /** Of a head at every step, what is right at each: [T], or [T, K] values. The last is `target`. */
  readonly targets?: NdArray<Float32Array>
  readonly runs: readonly {
    readonly answer: number
    /**
     * What the head makes of h_t at every step: the share of each class [T, C], else values in the task's own
     * units [T, K]. A head at the last step was trained for that one alone: before it, it is read early.
     */
    readonly answers: NdArray<Float32Array>
    readonly step: number
    readonly trace: Trace
    /** W_hh of the top layer [G*H, H], where all time steps share it and it has at most a million numbers. */
    readonly recurrent?: NdArray<Float32Array>
  }[]
}

export interface FileDownload {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ModelFormat {
  readonly id: string
  readonly extension: string
}

export const contract = {
  lab: {
    info: method<LabInfo>()(),
    /** Runs one check on an engine (the best when left out) and reports its figures. */
    check: method<CheckReport>()(v.picklist(checkIds), v.optional(v.pipe(v.string(), v.maxLength(40)))),
  },
  engines: {
    /** What there is to compute with. Starts each engine once, and again after something about it has changed. */
    list: method<EngineList>()(),
    /** Begins to make an engine's pack, by pip or from these wheels, and returns. Throws `busy` while there is other work. */
    install: method<void>()(EngineId, v.optional(WheelPaths)),
    /** Begins to check an engine's files and numbers, and returns. */
    verify: method<void>()(EngineId),
    /** Ends the work on an engine; resolves when nothing of it is left. */
    cancel: method<void>()(),
    /** Removes a pack, all of it. Throws `busy` while an experiment trains on it. */
    remove: method<void>()(EngineId),
    /** Forgets how the last work on an engine ended. */
    dismiss: method<void>()(EngineId),
    /** How the work stands, at once where that is not `news` any more, else at the next change or after 10 s. */
    follow: method<EngineNews>()(v.optional(Index)),
    /** Lets a person choose wheels in a window of the machine's own; empty where they did not. */
    pick: method<readonly string[]>()(),
  },
  datasets: {
    import: method<Dataset>()(Upload),
    list: method<Dataset[]>()(),
    rename: method<Dataset>()(Id, Name),
    remove: method<void>()(Id),
    restore: method<void>()(Id),
    /** A set of sequences to be filled by hand. */
    create: method<Dataset>()(Name, SetHeader),
    /** Of a set of sequences: what its rows are, how many, and what can be taken back. */
    state: method<SetState>()(SetRef),
    edit: method<SetState>()(Id, Edit),
    undo: method<SetState>()(Id),
    redo: method<SetState>()(Id),
    /** The versions that trainings refer to, the last first. */
    versions: method<SetVersion[]>()(Id),
    /** Ids of a view's rows, in its order. */
    rows: method<Int32Array<ArrayBuffer>>()(SetRef, SetView),
    /** Some rows by id, in the order asked for; without those that are gone. */
    page: method<SetPage>()(
      SetRef,
      v.pipe(
        v.instance(Int32Array),
        v.check((ids) => ids.length <= 1000, 'at most 1000 ids'),
      ),
    ),
    /** Some rows in whole, in the order asked for, as text: a line each, as far as `setLimits.copied` goes. */
    copy: method<SetCopy>()(SetRef, RowIds),
    /** How often a token or label stands in all rows, or in some. */
    occurrences: method<Occurrences>()(SetRef, Token, v.optional(RowIds)),
    /** What a set of sequences holds, and what may be wrong with it. */
    insight: method<Insight>()(SetRef),
    /** The first rows that a task draws with these settings and seed. */
    sketch: method<SequenceRow[]>()(TaskSpec, Seed),
    /** A live set: its rows are drawn whenever they are looked at, until it is frozen. */
    generate: method<Dataset>()(Name, Recipe),
    /** The set as a file that `import` brings back as it was. */
    export: method<FileDownload>()(SetRef, v.picklist(['jsonl', 'csv', 'npz'])),
  },
  /** A file becomes a set of sequences: announced, handed over in pieces, looked at, read. */
  imports: {
    /** Returns the import's id. */
    begin: method<string>()(Upload.entries.name, v.pipe(v.number(), v.integer(), v.minValue(0))),
    add: method<void>()(Id, Upload.entries.bytes),
    /** How the file would come in; without settings, as is guessed. */
    preview: method<ImportPreview>()(Id, v.optional(ImportSettings)),
    run: method<void>()(Id, ImportSettings, Name),
    progress: method<ImportProgress>()(Id),
    cancel: method<void>()(Id),
  },
  experiments: {
    list: method<Experiment[]>()(),
    /** The runs' horizons are those by the threshold. */
    get: method<Experiment>()(Id, HorizonThreshold),
    /** Checks the whole spec, the task's data included; `task.file` is a dataset's id. */
    create: method<Experiment>()(
      RunSpec,
      v.optional(Name),
      /** The engine to train on; left out: `auto`. */
      v.optional(EngineId),
    ),
    rename: method<Experiment>()(Id, Name),
    remove: method<void>()(Id),
    restore: method<void>()(Id),
  },
  training: {
    /** Trains up to `steps` updates in all (the experiment's own number when left out). */
    play: method<void>()(Id, v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)))),
    pause: method<void>()(Id),
    /** One update of every run, with its flow. */
    step: method<void>()(Id),
    /** Ends training for now and frees the engine; the last state is kept and can be continued. */
    stop: method<void>()(Id),
    /** Rows after `cursor`; waits up to 10 s for news, so that the page reads at its own pace. */
    follow: method<Follow>()(Id, Cursor),
  },
  results: {
    answers: method<Answers>()(Id, TrainingStep),
    /** The traces' horizons are those by the threshold. */
    example: method<Example>()(Id, Index, HorizonThreshold),
    /** Text continued by one run, at most 2,000 characters; temperature 0 takes the likeliest. */
    sample: method<string>()(
      Id,
      Index,
      v.pipe(v.string(), v.maxLength(2000)),
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)),
      v.pipe(v.number(), v.minValue(0), v.maxValue(5)),
    ),
  },
  inspect: inspectRoom,
  exports: {
    formats: method<ModelFormat[]>()(),
    /** A zip of the run's files in one format of `formats`. */
    model: method<FileDownload>()(Id, Index, v.pipe(v.string(), v.maxLength(40))),
  },
} as const

export type Contract = typeof contract

/** Arguments at the end that may be undefined may be left out. */
type Call<Args> = Args extends [...infer Head, infer Last]
  ? undefined extends Last
    ? [...Call<Head>, Last?]
    : Args
  : Args

type Handler<M> =
  M extends Method<infer Args, infer Result> ? (...args: Call<v.InferInput<Args>>) => Promise<Result> : never

/** The lab as the page calls it: `lab.experiments.create(spec)`. */
export type Lab = {
  readonly [Room in keyof Contract]: { readonly [Name in keyof Contract[Room]]: Handler<Contract[Room][Name]> }
}

type Handle<M> =
  M extends Method<infer Args, infer Result> ? (...args: Call<v.InferOutput<Args>>) => Result | Promise<Result> : never

/** The lab as the host answers it: arguments are parsed, defaults filled in. */
export type Handlers = {
  readonly [Room in keyof Contract]: { readonly [Name in keyof Contract[Room]]: Handle<Contract[Room][Name]> }
}
