import { errorData, type LabErrorData } from '../../../shared/errors.ts'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import { modelConfigs } from '../configs.ts'
import type { Compute } from '../layers/layer.ts'
import { gateStatistics } from '../moment.ts'
import type { Job, Moment, Snapshot } from '../protocol.ts'
import { taskById } from '../tasks/registry.ts'
import { scoredExamples, type TaskInstance } from '../tasks/task.ts'
import { type Scores, type TrainedStep, Trainer } from '../train.ts'

/** What an update is to bring beside itself. */
export interface Wanted {
  readonly flow: boolean
  readonly validation: boolean
  /** Which states are kept to be looked into: the one it begins with, the one it ends with. */
  readonly moments: { readonly before: boolean; readonly after: boolean }
}

/** All that was wanted of an update; or, where it failed, why, and what there was before. */
export interface Updated {
  readonly trained?: TrainedStep
  readonly validation?: Scores
  readonly moments: readonly Moment[]
  readonly failure?: LabErrorData
}

/** One run of an experiment as it is trained: its network and the batches it learns from. Knows no other run. */
export class Member {
  readonly config: ModelConfig
  readonly #compute: Compute
  readonly #data: Data
  readonly #trainerFrom: (state: Snapshot | null) => Trainer
  #trainer: Trainer

  constructor(compute: Compute, config: ModelConfig, { spec }: Job, data: Data, from: Snapshot | null) {
    this.config = config
    this.#compute = compute
    this.#data = data
    this.#trainerFrom = (state) => new Trainer(compute, config, spec.training, spec.seed, data.metric, state)
    this.#trainer = this.#trainerFrom(from)
  }

  snapshot(): Snapshot {
    return this.#trainer.snapshot()
  }

  /** Goes on from a state, its own or one of the same run elsewhere. */
  restore(state: Snapshot): void {
    this.#trainer = this.#trainerFrom(state)
  }

  /** One update; what it throws is in what it returns, so that it can be told to another thread. */
  update({ flow, validation, moments: kept }: Wanted): Updated {
    const moments: Moment[] = []
    try {
      if (kept.before) moments.push(this.#moment())
      const trained = this.#trainer.train(this.#data.batch(this.#trainer.step + 1), flow)
      const scores = validation ? this.#trainer.answer(this.#data.validation()) : undefined
      if (kept.after) moments.push(this.#moment())
      return { trained, moments, ...(scores && { validation: { loss: scores.loss, metric: scores.metric } }) }
    } catch (thrown) {
      return { moments, failure: errorData(thrown) }
    }
  }

  #moment(): Moment {
    const { parameters, step } = this.#trainer
    const model = { config: this.config, parameters }
    return { step, parameters, gates: gateStatistics(this.#compute, model, this.#data.batch(step + 1)) }
  }
}

/** What the runs of an experiment have in common. */
export interface Data extends Pick<TaskInstance, 'metric'> {
  /** Of update `step`, from 1. */
  batch(step: number): Batch
  validation(): Batch
}

/** The task of a job and all of its runs. Throws LabError where the spec or its data cannot be trained on. */
export function openJob(compute: Compute, job: Job): { readonly task: TaskInstance; readonly members: Member[] } {
  const { spec } = job
  const task = taskById(spec.task.id).create(spec.task, job.source, spec.seed)
  let validation: Batch | undefined
  const data: Data = {
    metric: task.metric,
    batch: (step) => task.trainBatch(step, spec.training.batchSize),
    validation: () => (validation ??= task.heldOut('validation', scoredExamples.validation)),
  }
  const configs = modelConfigs(spec.cells, task.interface, task.facts.length)
  const members = configs.map((config, run) => new Member(compute, config, job, data, job.resume?.[run] ?? null))
  return { task, members }
}
