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

/** All that was wanted of an update; or, where something failed, why, and what came before that. */
export interface Updated {
  readonly trained?: TrainedStep
  readonly validation?: Scores
  readonly moments: readonly Moment[]
  readonly failure?: LabErrorData
}

/** What the runs of an experiment have in common. */
interface Data extends Pick<TaskInstance, 'metric'> {
  /** Of update `step`, from 1. */
  batch(step: number): Batch
  validation(): Batch
}

/** One run of an experiment as it is trained: its network and the batches it learns from. Knows no other run. */
export class Member {
  readonly config: ModelConfig
  readonly #compute: Compute
  readonly #data: Data
  readonly #trainer: Trainer

  constructor(compute: Compute, config: ModelConfig, { spec }: Job, data: Data, from: Snapshot | null) {
    this.config = config
    this.#compute = compute
    this.#data = data
    this.#trainer = new Trainer(compute, config, spec.training, spec.seed, data.metric, from)
  }

  snapshot(): Snapshot {
    return this.#trainer.snapshot()
  }

  /** One update; what it throws is in what it returns, so that it can be told to another thread. */
  update({ flow, validation: scored, moments: kept }: Wanted): Updated {
    const moments: Moment[] = []
    let trained: TrainedStep | undefined
    let validation: Scores | undefined
    let failure: LabErrorData | undefined
    try {
      if (kept.before) moments.push(this.#moment())
      trained = this.#trainer.train(this.#data.batch(this.#trainer.step + 1), flow)
      if (scored) validation = this.#validate()
      if (kept.after) moments.push(this.#moment())
    } catch (thrown) {
      failure = errorData(thrown)
    }
    return { moments, ...(trained && { trained }), ...(validation && { validation }), ...(failure && { failure }) }
  }

  #validate(): Scores {
    const { loss, metric } = this.#trainer.answer(this.#data.validation())
    return { loss, metric }
  }

  #moment(): Moment {
    const { parameters, step } = this.#trainer
    const model = { config: this.config, parameters }
    return { step, parameters, gates: gateStatistics(this.#compute, model, this.#data.batch(step + 1)) }
  }
}

/** A job that can be trained: its task, and its runs by their index. */
export interface OpenedJob {
  readonly task: TaskInstance
  readonly configs: readonly ModelConfig[]
  /** The run as it begins, or in a state of its own. */
  member(run: number, from: Snapshot | null): Member
}

/** Throws LabError where the spec or its data cannot be trained on. */
export function openJob(compute: Compute, job: Job): OpenedJob {
  const { spec } = job
  const task = taskById(spec.task.id).create(spec.task, job.source, spec.seed)
  let validation: Batch | undefined
  const data: Data = {
    metric: task.metric,
    batch: (step) => task.trainBatch(step, spec.training.batchSize),
    validation: () => (validation ??= task.heldOut('validation', scoredExamples.validation)),
  }
  const configs = modelConfigs(spec.cells, task.interface, task.facts.length)
  return {
    task,
    configs,
    member: (run, from) => new Member(compute, configs[run] as ModelConfig, job, data, from),
  }
}
