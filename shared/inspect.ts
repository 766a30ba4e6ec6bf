import * as v from 'valibot'
import type { Example, TaskFacts } from './contract.ts'
import { Interventions } from './interventions.ts'
import { HorizonThreshold, Id, Index, method, TrainingStep, Upload } from './method.ts'
import type { ModelConfig, Trace } from './model.ts'
import { type NdArray, sizeOf } from './ndarray.ts'

/**
 * What the Score and the gate inspector ask. `Id` is an experiment's, or that of a model opened by
 * `inspect.open`. Time steps count from 0; a training step counts updates made, so 0 is the state before
 * the first.
 */

/**
 * Where examples come from. Example i of `train` is row i modulo the batch size of the batch of update
 * floor(i / batch size) + 1. An opened model has `test` alone, unless it was opened with a task.
 */
const Examples = v.picklist(['test', 'validation', 'train'])
export type Examples = v.InferOutput<typeof Examples>

const FloatArray = v.pipe(
  v.strictObject({
    shape: v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(1))), v.minLength(1), v.maxLength(2)),
    data: v.pipe(
      v.instance(Float32Array),
      v.check((data) => data.length <= 2_000_000 && data.every(Number.isFinite), 'at most 2,000,000 finite numbers'),
    ),
  }),
  v.check(({ shape, data }) => sizeOf(shape) === data.length, 'data as its shape says'),
)

const exampleFields = {
  examples: v.optional(Examples, 'test'),
  index: Index,
  step: TrainingStep,
  /** Indices of the runs that are wanted, answered in this order; left out: all of them, in theirs. */
  runs: v.optional(v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15))), v.maxLength(16))),
  /** Beginnings of the names of the trace's arrays that are wanted, `layers.1.`; left out: all of them. */
  arrays: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.maxLength(64))),
  /** Whether the trace has `jacobian` and `lyapunov`, whose cost grows with H^3. */
  jacobians: v.optional(v.boolean(), false),
  horizonThreshold: HorizonThreshold,
}

export const ExampleQuery = v.strictObject(exampleFields)
export type ExampleQuery = v.InferOutput<typeof ExampleQuery>

export const WhatIfQuery = v.strictObject({
  ...exampleFields,
  /** Reads, and is to answer, the other half of the example's minimal pair; excludes `inputs` and `target`. */
  counterpart: v.optional(v.boolean(), false),
  /** Read instead: [T', D] in the task's own units or [T'] ids, like `Example.inputs`. */
  inputs: v.optional(FloatArray),
  /** To be answered instead, in the task's own units or as a class; only where the last step alone is answered. */
  target: v.optional(v.pipe(v.number(), v.finite())),
  /** Per run, by its index; `[]` and what is missing: nothing is fixed in that run. */
  interventions: v.optional(v.pipe(v.array(Interventions), v.maxLength(16)), []),
})
export type WhatIfQuery = v.InferOutput<typeof WhatIfQuery>

export const BatchQuery = v.strictObject({
  examples: v.optional(Examples, 'test'),
  /** The first so many examples. */
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)), 64),
  step: TrainingStep,
  /** Jacobians of the first so many examples. */
  jacobians: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64)), 0),
  horizonThreshold: HorizonThreshold,
})
export type BatchQuery = v.InferOutput<typeof BatchQuery>

export const GlanceQuery = v.strictObject({
  run: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15)),
  /** Test examples, and of answers at every step, the one that is told. */
  places: v.pipe(v.array(v.strictObject({ index: Index, step: v.optional(Index) })), v.maxLength(50)),
})
export type GlanceQuery = v.InferOutput<typeof GlanceQuery>

/** A test example in a line: the first steps that are read, and what is answered. */
export interface Glance {
  readonly steps: number
  /** Like `Example.inputs`, cut short. */
  readonly inputs: NdArray<Float32Array>
  readonly tokens?: readonly string[]
  /** What is answered: a class with its share, else a value in the task's own unit. */
  readonly answer: number
  readonly share?: number
}

export const FindQuery = v.pipe(
  v.strictObject({
    run: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15)),
    step: TrainingStep,
    /** The example that shows what to look for. */
    examples: v.optional(Examples, 'test'),
    index: Index,
    layer: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63)),
    of: v.picklist(['hidden', 'cell']),
    units: v.pipe(v.array(Index), v.minLength(1), v.maxLength(512)),
    /** Stretch of time steps, both included; at most 100 long. */
    from: Index,
    to: Index,
    /** Where to look, in this order. */
    within: v.optional(v.pipe(v.array(Examples), v.minLength(1), v.maxLength(3)), ['test']),
    /** Places wanted. */
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 20),
  }),
  v.check(({ from, to }) => from <= to && to - from < 100, 'a stretch of 1 to 100 steps'),
)
export type FindQuery = v.InferOutput<typeof FindQuery>

export const OpenChoices = v.strictObject({
  /** What the state dict does not tell; a model.json says all of it. */
  cell: v.optional(v.pipe(v.string(), v.maxLength(64))),
  activation: v.optional(v.picklist(['tanh', 'relu', 'sigmoid', 'identity'])),
  head: v.optional(v.picklist(['last', 'every-step'])),
  loss: v.optional(v.picklist(['mse', 'cross-entropy', 'bce'])),
  vocabulary: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(1000))), v.maxLength(100_000))),
  /** A task of the registry to draw examples from, as in RUN.json; its `file` is a dataset's id. */
  task: v.optional(v.looseObject({ id: v.pipe(v.string(), v.maxLength(64)) })),
  /** Of the task's examples; left out: 1. */
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
})
export type OpenChoices = v.InferOutput<typeof OpenChoices>

/** The training steps whose state is stored, per run, ascending; the last is the present one. */
export interface StoredSteps {
  readonly runs: readonly { readonly steps: Int32Array }[]
}

/** `Example` for any set of examples; `step` of a run says which state answered. */
export interface InspectedExample extends Example {
  readonly examples: Examples
  /** Whether `counterpart` can be asked for. */
  readonly hasCounterpart: boolean
}

/** Both of the same states and by the same path of the engine: without a change they are equal bit for bit. */
export interface WhatIf {
  readonly original: InspectedExample
  readonly changed: InspectedExample
}

/**
 * Means over a set of examples, per run. Entry T-1-k of a time axis is k steps before each example's own
 * last step, over the examples that long (as flow is); NaN where none is. Arrays, for every layer n:
 * `layers.n.hidden`, `.cell`, `.gates.NAME` [T, H]: means; `.grad.hidden`, `.grad.cell`, `.grad.cell.PATH`
 * [T, H]: mean of |d l_b / d ...|, l_b the example's own loss, which no batch size divides;
 * `.norm.hidden`, `.norm.cell` [T]: mean of the L2 norm of that gradient over units; `.flow.*` [T],
 * `.horizon.*`, `.saturation.WHAT.SIDE` [H] as in a trace; `.unit.horizon.*` [H]: the horizon of each unit's
 * own flow; `.histogram.WHAT` [20]: share of all real (example, step, unit) in equal parts of 0..1 (gates),
 * -1..1 (candidate, hidden, tanh of cell); and with Jacobians `.jacobian` [T]: mean, `.lyapunov` [examples].
 */
export interface BatchView {
  readonly examples: Examples
  /** Examples averaged over, and those that there are. */
  readonly count: number
  readonly available: number
  readonly runs: readonly { readonly step: number; readonly loss: number; readonly arrays: Trace }[]
}

/**
 * Gates over training, on the first few examples of a training batch, per run: for every layer n
 * `layers.n.histogram.WHAT` [N, 20] and `layers.n.saturation.WHAT.SIDE` [N], the mean over units, named as in
 * a batch view.
 */
export interface GateTelemetry {
  readonly runs: readonly { readonly step: Int32Array; readonly arrays: Trace }[]
}

export interface Place {
  readonly examples: Examples
  readonly index: number
  /** The stretch, both included. */
  readonly from: number
  readonly to: number
  /** Cosine similarity, -1..1, best first. */
  readonly score: number
  /** Of the stretch, where inputs are tokens. */
  readonly tokens?: readonly string[]
}

export interface Found {
  readonly step: number
  readonly places: readonly Place[]
  /** Examples looked through. */
  readonly examined: number
  /** Examples there were to look through; more than `examined` where time or memory ran out or it was cancelled. */
  readonly available: number
  readonly cancelled: boolean
}

export interface OpenedModel {
  readonly state: 'open'
  readonly id: string
  readonly name: string
  readonly config: ModelConfig
  readonly parameters: number
  readonly facts: TaskFacts
}

/** The files leave something open: ask, and call again with the same files and the answers. */
export interface IncompleteModel {
  readonly state: 'incomplete'
  /** What could be told. */
  readonly config: Partial<ModelConfig>
  readonly missing: readonly {
    readonly field: 'cell' | 'activation' | 'head' | 'loss' | 'examples'
    /** What may be chosen; of `examples` the ids of the tasks that fit, beside a batch of one's own. */
    readonly options: readonly string[]
  }[]
}

export const inspectRoom = {
  steps: method<StoredSteps>()(Id),
  example: method<InspectedExample>()(Id, ExampleQuery),
  whatIf: method<WhatIf>()(Id, WhatIfQuery),
  batch: method<BatchView>()(Id, BatchQuery),
  glance: method<readonly Glance[]>()(Id, GlanceQuery),
  gates: method<GateTelemetry>()(Id),
  /** A search under way for the same id is cancelled by the next and by `cancelFind`, and answers with what it has. */
  find: method<Found>()(Id, FindQuery),
  cancelFind: method<void>()(Id),
  /**
   * model.json with model.safetensors, a zip of them, or a .safetensors alone; and a batch .npz, unless a
   * task is chosen. At most 64 MiB in all. Kept until `close` or the lab's end.
   */
  open: method<OpenedModel | IncompleteModel>()(v.pipe(v.array(Upload), v.minLength(1), v.maxLength(4)), OpenChoices),
  close: method<void>()(Id),
} as const
