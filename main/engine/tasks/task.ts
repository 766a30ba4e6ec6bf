import type { GenericSchema } from 'valibot'
import type { Split, TaskFacts, TaskInfo } from '../../../shared/contract.ts'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import type { TaskSource } from '../protocol.ts'

/** Examples that are scored, networks and baselines alike: few while training goes on, then all there are. */
export const scoredExamples: Readonly<Record<Split, number>> = { validation: 256, test: Number.MAX_SAFE_INTEGER }

/** One value for each split, such as its baselines. */
export const forEachSplit = <T>(of: (split: Split) => T): Readonly<Record<Split, T>> => ({
  validation: of('validation'),
  test: of('test'),
})

/** What a task needs of its network; the cell and its size are the run's own. */
export type Interface = Pick<ModelConfig, 'inputSize' | 'outputSize' | 'head' | 'loss'> &
  Partial<Pick<ModelConfig, 'embedding' | 'vocabulary' | 'normalization'>>

/** A task with its data: batches as a pure function of (seed, step), and how to score answers. */
export interface TaskInstance {
  readonly facts: TaskFacts
  readonly interface: Interface
  /** The batch of update `step` (from 1), the same for every run of the experiment. */
  trainBatch(step: number, size: number): Batch
  /** Fixed held-out examples, at most `limit`. */
  heldOut(split: Split, limit: number): Batch
  /** The task's metric from raw outputs, [N, K] or [N, T, K], and the batch that was answered. */
  metric(output: Floats, batch: Batch): number
  /** Whole numbers that sort held-out examples, such as the distance between clue and answer, [N] each. */
  tags?(split: Split, limit: number): Readonly<Record<string, Int32Array>>
  /** The same two where few are wanted and the first ones would be much alike: some from all that is asked for. */
  readonly spread?: Required<Pick<TaskInstance, 'heldOut' | 'tags'>>
  /** The same of the first update's batch of this size. */
  trainTags?(size: number): Readonly<Record<string, Int32Array>>
  /**
   * The other half of the minimal pair of a batch's only example: another answer is right, and as little as
   * can be differs, of the same length. Null where the example has none.
   */
  counterpart?(example: Batch): Batch | null
  /** Inputs, targets and outputs in the units a person knows. */
  present: Present
}

export interface Present {
  /** One example's inputs: [T, D] values, or [T] ids, with T and the padding of the batch. */
  inputs(batch: Batch, example: number): Floats
  /** [N, K] values or [N] ids; [N, T, K] or [N, T] for a head at every step. */
  targets(targets: Batch['targets']): Floats
  /** Like `targets`: what was answered. */
  outputs(output: Floats): Floats
  /** Series that a baseline would answer on a split, for drawing beside the networks'. */
  baselines?(split: Split, limit: number): Readonly<Record<string, Floats>>
}

/** A task: one file beside this, one line in registry.ts. */
export interface Task<Spec = unknown> {
  readonly id: string
  readonly needs: TaskInfo['needs']
  /** Its fields in RUN.json, defaults and limits included; a strict object with `id`. */
  readonly schema: GenericSchema<unknown, Spec>
  /**
   * Builds the task. Throws LabError with the field or the data's own code (csv-no-column,
   * csv-too-short, text-too-short) when it cannot be.
   */
  create(spec: Spec, source: TaskSource | undefined, seed: number): TaskInstance
}
