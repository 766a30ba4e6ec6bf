import type { EngineInfo } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import { readSource } from './datasets/source.ts'
import type { EngineChoice } from './runs/engine-slot.ts'
import { withSizes } from './runs/spec.ts'
import { Training } from './runs/training.ts'
import type { StoredExperiment } from './workspace/experiments.ts'
import type { Workspace } from './workspace/workspace.ts'

type NewExperiment = Pick<StoredExperiment, 'id' | 'name' | 'spec' | 'source'>

/** The experiments that were touched in this session, by id. The rest lies in the workspace. */
export class Trainings {
  readonly #workspace: Workspace
  readonly #engine: EngineChoice
  readonly #open = new Map<string, Training>()
  /** Experiments whose engine is still opening. */
  readonly #pending = new Set<Promise<void>>()
  #closed = false

  constructor(workspace: Workspace, engine: EngineChoice) {
    this.#workspace = workspace
    this.#engine = engine
  }

  /** The training of an experiment, where this session has touched it. */
  peek(id: string): Training | undefined {
    return this.#open.get(id)
  }

  /** The training of an experiment; loads it where it is not yet there. Throws `not-found`. */
  get(id: string): Training {
    // A deleted experiment is not there, whether it was loaded or not.
    const experiment = this.#workspace.experiments.get(id)
    const known = this.#open.get(id)
    if (known) return known
    const saved = this.#workspace.experiments.saved(experiment)
    return this.#add(id, Training.load({ ...this.#options(experiment), saved }))
  }

  /**
   * Opens a new experiment in an engine, the one that is asked for or `auto`, which checks it. It is in the
   * workspace when it resolves.
   */
  async create(experiment: NewExperiment, asked?: string): Promise<void> {
    const creation = this.#create(experiment, asked)
    this.#pending.add(creation)
    await creation.finally(() => this.#pending.delete(creation))
  }

  async #create(experiment: NewExperiment, asked = 'auto'): Promise<void> {
    const training = await Training.create({ ...this.#options(experiment), first: asked })
    try {
      const { facts: jobFacts, engine, timings } = training
      const spec = withSizes(experiment.spec, jobFacts)
      const choice = { asked, ...(timings.length && { timings }) }
      this.#workspace.experiments.insert({ ...experiment, spec, jobFacts, engine, choice })
      this.#add(experiment.id, training)
    } catch (error) {
      await training.close()
      throw error
    }
  }

  /** Ends what idles on an engine, so that it can be removed. Throws `busy` while an experiment trains on it. */
  async leave(engine: string): Promise<void> {
    const users = [...this.#open].filter(([, training]) => training.engine === engine && training.pid !== undefined)
    const busy = users.find(([, training]) => training.isTraining)
    if (busy) {
      const { name } = this.#workspace.experiments.get(busy[0])
      const hint = 'Stop it, or wait until it is done; then remove the engine.'
      throw new LabError('busy', `"${name}" is training on ${engine}.`, hint, { engine, experiment: name })
    }
    await Promise.all(users.map(([, training]) => training.stop()))
  }

  /** Stops every training and saves it. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#pending)
    await Promise.all([...this.#open.values()].map((training) => training.close()))
  }

  #add(id: string, training: Training): Training {
    if (this.#closed) {
      throw new LabError('busy', 'The lab is closing.', 'Open it again.')
    }
    this.#open.set(id, training)
    return training
  }

  #options({ id, spec, source }: Pick<StoredExperiment, 'id' | 'spec' | 'source'>) {
    return {
      ...this.#engine,
      spec,
      opened: ({ id: engine, timings }: EngineInfo) => this.#workspace.experiments.movedTo(id, engine, timings),
      store: this.#workspace.store(id),
      source: async () => source && readSource(spec.task, source.name, await this.#workspace.content(source.hash)),
    }
  }
}
