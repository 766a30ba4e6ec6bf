import { randomUUID } from 'node:crypto'
import type { Answers } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type {
  BatchQuery,
  BatchView,
  ExampleQuery,
  FindQuery,
  Found,
  GateTelemetry,
  Glance,
  GlanceQuery,
  IncompleteModel,
  InspectedExample,
  OpenChoices,
  OpenedModel,
  StoredSteps,
  WhatIf,
  WhatIfQuery,
} from '../../../shared/inspect.ts'
import type { Engine } from '../../engine/client.ts'
import { parameterCount } from '../../engine/initialise.ts'
import type { Opening } from '../../engine/inspect/opened.ts'
import type { EngineFunctions, TaskSource } from '../../engine/protocol.ts'
import { startLabEngine } from '../engines.ts'
import type { EngineChoice } from '../runs/engine-slot.ts'
import { type Handed, readModel } from './read.ts'

/** An engine that nobody has asked for so long is ended, in milliseconds; its models stay. */
const idleLimit = 60_000
/** Models that are kept open; the one that was asked longest ago makes room. */
const maxModels = 8

/** What can be asked of an experiment and of an opened model alike. */
export interface Inspectable {
  answers(step?: number): Promise<Answers>
  example(query: ExampleQuery): Promise<InspectedExample>
  whatIf(query: WhatIfQuery): Promise<WhatIf>
  batch(query: BatchQuery): Promise<BatchView>
  glance(query: GlanceQuery): Promise<readonly Glance[]>
  find(query: FindQuery): Promise<Found>
  cancelFind(): Promise<void>
  storedSteps(): Promise<StoredSteps>
  gates(): Promise<GateTelemetry>
}

/** Models from files, in one engine process of their own; kept in memory until they are closed. */
export class OpenedModels {
  readonly #choice: EngineChoice
  /** The one that was asked last stands last. */
  readonly #openings = new Map<string, Opening>()
  /** What the present process has. */
  readonly #loaded = new Set<string>()
  #engine: Promise<Engine> | undefined
  #idle: NodeJS.Timeout | undefined
  #calls = 0

  constructor(choice: EngineChoice) {
    this.#choice = choice
  }

  /** `source` reads the dataset that a task on files names. Throws what readModel and the task throw. */
  async open(
    handed: readonly Handed[],
    choices: OpenChoices,
    task: { readonly task: { readonly id: string }; readonly source: TaskSource | undefined } | undefined,
  ): Promise<OpenedModel | IncompleteModel> {
    const read = readModel(handed, choices)
    if (read.state === 'incomplete') return read
    const { model, batch } = read
    const examples: Opening['examples'] | undefined = task
      ? { kind: 'task', task: task.task, ...(task.source && { source: task.source }), seed: choices.seed ?? 1 }
      : batch && { kind: 'batch', batch }
    if (!examples) throw new TypeError('a model was read without examples')
    const id = `model-${randomUUID()}`
    this.#openings.set(id, { model, examples })
    try {
      const facts = await this.#ask((engine) => engine.openModel(id, { model, examples }))
      this.#loaded.add(id)
      for (const [oldest] of [...this.#openings].slice(0, -maxModels)) await this.close(oldest)
      return {
        state: 'open',
        id,
        name: read.name,
        config: model.config,
        parameters: parameterCount(model.config),
        facts,
      }
    } catch (error) {
      this.#openings.delete(id)
      throw error
    }
  }

  /** Undefined where no opened model has that id. */
  peek(id: string): Inspectable | undefined {
    const opening = this.#openings.get(id)
    if (!opening) return undefined
    const of = { model: id }
    const ask = <T>(call: (engine: EngineFunctions) => Promise<T>) =>
      this.#ask(async (engine) => {
        this.#openings.delete(id)
        this.#openings.set(id, opening)
        if (!this.#loaded.has(id)) await engine.openModel(id, opening)
        this.#loaded.add(id)
        return call(engine)
      })
    return {
      answers: () => ask((engine) => engine.answers(of)),
      example: (query) => ask((engine) => engine.example(query, of)),
      whatIf: (query) => ask((engine) => engine.whatIf(query, of)),
      batch: (query) => ask((engine) => engine.batch(query, of)),
      glance: (query) => ask((engine) => engine.glance(query, of)),
      find: (query) => ask((engine) => engine.find(query, of)),
      cancelFind: () => ask((engine) => engine.cancelFind()),
      storedSteps: async () => ({ runs: [{ steps: Int32Array.of(0) }] }),
      gates: async () => ({ runs: [{ step: new Int32Array(), arrays: {} }] }),
    }
  }

  /** Throws `not-found`. */
  async close(id: string): Promise<void> {
    if (!this.#openings.delete(id)) {
      throw new LabError('not-found', `There is no opened model ${id}.`, 'Open its files again.', { id })
    }
    if (this.#loaded.delete(id)) await this.#ask((engine) => engine.closeModel(id))
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    const engine = this.#engine
    this.#forget()
    await (await engine?.catch(() => undefined))?.stop()
  }

  async #ask<T>(call: (engine: EngineFunctions) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle)
    this.#calls += 1
    try {
      this.#engine ??= this.#start()
      return await call((await this.#engine).functions)
    } finally {
      this.#calls -= 1
      if (this.#calls === 0) this.#idle = setTimeout(() => void this.stop(), idleLimit).unref()
    }
  }

  #start(): Promise<Engine> {
    const { threads, fork } = this.#choice
    // The built-in one: nothing is trained, and a pack that is in use cannot be removed.
    const starting: Promise<Engine> = startLabEngine({
      backend: 'wasm',
      ...(threads && { threads }),
      ...(fork && { fork }),
      onExit: () => this.#engine === starting && this.#forget(),
    })
    starting.catch(() => this.#engine === starting && this.#forget())
    return starting
  }

  #forget(): void {
    this.#engine = undefined
    this.#loaded.clear()
  }
}
