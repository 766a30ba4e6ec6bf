import * as v from 'valibot'

/**
 * RUN.json: what to train. The same object is a file for the command line, a form in the page and
 * a row in the workspace. The task's own fields are checked by the task registry (main/engine/tasks),
 * which is why `task` is open here.
 */
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

export const CellSpec = v.strictObject({
  cell: v.string(),
  hiddenSize: v.optional(count(1, 2048), 32),
  layers: v.optional(count(1, 8), 1),
  activation: v.optional(v.picklist(['tanh', 'relu', 'sigmoid', 'identity'])),
})
export type CellSpec = v.InferOutput<typeof CellSpec>

export const TrainingSpec = v.strictObject({
  steps: v.optional(count(1, 1_000_000), 1200),
  batchSize: v.optional(count(1, 4096), 32),
  optimizer: v.optional(v.string(), 'adam'),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10)), 0.01),
  /** Global gradient norm above which gradients are scaled down; null: no clipping. */
  clipNorm: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6))), 1),
  init: v.optional(v.picklist(['pytorch', 'keras', 'identity']), 'pytorch'),
  forgetBias: v.optional(v.pipe(v.number(), v.minValue(-100), v.maxValue(100)), 1),
})
export type TrainingSpec = v.InferOutput<typeof TrainingSpec>

export const TaskSpec = v.looseObject({ id: v.string() })
export type TaskSpec = v.InferOutput<typeof TaskSpec>

export const RunSpec = v.strictObject({
  $schema: v.optional(v.string()),
  task: TaskSpec,
  cells: v.pipe(v.array(CellSpec), v.minLength(1), v.maxLength(8)),
  training: v.optional(TrainingSpec, {}),
  seed: v.optional(count(0, 0x7fff_ffff), 1),
})
export type RunSpec = v.InferOutput<typeof RunSpec>
/** RUN.json as a person writes it, defaults left out. */
export type RunSpecInput = v.InferInput<typeof RunSpec>
