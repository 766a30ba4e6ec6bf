import * as v from 'valibot'

/**
 * RUN.json: what to train. The same object is a file for the command line, a form in the page and
 * a row in the workspace. The task's own fields are checked by the task registry (main/engine/tasks),
 * which is why `task` is open here.
 */
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

/** Units of a layer at most. */
export const hiddenSizeLimit = 2048

export const CellSpec = v.strictObject({
  cell: v.string(),
  /** Units of a layer. Left out: 32, or what `matchParametersOf` comes to. */
  hiddenSize: v.optional(count(1, hiddenSizeLimit)),
  /** Index of another cell: as many units as bring this one's number of parameters closest to that one's. */
  matchParametersOf: v.optional(count(0, 7)),
  layers: v.optional(count(1, 8), 1),
  activation: v.optional(v.picklist(['tanh', 'relu', 'sigmoid', 'identity'])),
  /** Left out: shared. `per-step`: every time step has weights of its own, for the task's length and no other. */
  weights: v.optional(v.picklist(['shared', 'per-step'])),
})
export type CellSpec = v.InferOutput<typeof CellSpec>

const positive = (max: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(max))
/** How much of an average is kept from one update to the next. */
const decay = v.pipe(v.number(), v.minValue(0), v.ltValue(1))

/** The learning rate rises linearly from `startFactor` of itself before the schedule begins (torch's LinearLR). */
const Warmup = v.strictObject({
  totalIters: count(1, 1_000_000),
  startFactor: v.optional(positive(1), 1 / 3),
})
const warmup = v.optional(Warmup)

/** How the learning rate changes with the updates; names and defaults of torch.optim.lr_scheduler. */
export const ScheduleSpec = v.variant('id', [
  v.strictObject({ id: v.literal('constant'), warmup }),
  v.strictObject({
    id: v.literal('step'),
    stepSize: count(1, 1_000_000),
    gamma: v.optional(positive(1), 0.1),
    warmup,
  }),
  v.strictObject({ id: v.literal('exponential'), gamma: positive(1), warmup }),
  v.strictObject({
    id: v.literal('cosine'),
    /** Updates from the full rate to `etaMin`. Left out: all that are planned after the warm-up. */
    tMax: v.optional(count(1, 1_000_000)),
    etaMin: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(10)), 0),
    warmup,
  }),
])
export type ScheduleSpec = v.InferOutput<typeof ScheduleSpec>

export const TrainingSpec = v.strictObject({
  steps: v.optional(count(1, 1_000_000), 1200),
  batchSize: v.optional(count(1, 4096), 32),
  optimizer: v.optional(v.string(), 'adam'),
  learningRate: v.optional(positive(10), 0.01),
  /** Left out: constant. */
  schedule: v.optional(ScheduleSpec),
  /**
   * The optimiser's own settings: only those that it reads (main/engine/optimizers), with its defaults.
   * The weight of the past in the running sum of gradients.
   */
  momentum: v.optional(decay),
  /** Looks ahead along the momentum (Nesterov). */
  nesterov: v.optional(v.boolean()),
  /** RMSprop's weight of the past in the mean square of the gradient. */
  alpha: v.optional(decay),
  /** Adam's weight of the past in the mean of the gradient, and in its mean square. */
  beta1: v.optional(decay),
  beta2: v.optional(decay),
  /** Added to the root that is divided by. */
  eps: v.optional(positive(1)),
  /** Share of every parameter, times the learning rate, that an update takes away (AdamW). */
  weightDecay: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** Size above which a gradient's entry is cut off, before `clipNorm`; null or left out: no clipping. */
  clipValue: v.optional(v.nullable(positive(1e6))),
  /** Global gradient norm above which gradients are scaled down; null: no clipping. */
  clipNorm: v.optional(v.nullable(positive(1e6)), 1),
  init: v.optional(v.picklist(['pytorch', 'keras', 'identity']), 'pytorch'),
  forgetBias: v.optional(v.pipe(v.number(), v.minValue(-100), v.maxValue(100)), 1),
})
export type TrainingSpec = v.InferOutput<typeof TrainingSpec>

export const TaskSpec = v.looseObject({ id: v.string() })
export type TaskSpec = v.InferOutput<typeof TaskSpec>

export const Seed = count(0, 0x7fff_ffff)

export const RunSpec = v.strictObject({
  $schema: v.optional(v.string()),
  task: TaskSpec,
  cells: v.pipe(v.array(CellSpec), v.minLength(1), v.maxLength(8)),
  training: v.optional(TrainingSpec, {}),
  seed: v.optional(Seed, 1),
})
export type RunSpec = v.InferOutput<typeof RunSpec>
/** RUN.json as a person writes it, defaults left out. */
export type RunSpecInput = v.InferInput<typeof RunSpec>
