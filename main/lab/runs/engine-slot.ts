import type { EngineInfo } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { ModelConfig } from '../../../shared/model.ts'
import type { Engine, EngineOptions, ForkEngine } from '../../engine/client.ts'
import type { EngineEvents, EngineFunctions, Job, JobFacts } from '../../engine/protocol.ts'
import type { TimingProblem } from '../../engine/timing/problem.ts'
import { hasChoice, type Timings, timeEngines } from '../choose-engine.ts'
import { enginesCalled, isUsable, startLabEngine } from '../engines.ts'
import { refuseUnsupported } from '../self-tests.ts'

/** An engine that nobody has used for so long is ended, in milliseconds. */
const idleLimit = 60_000

export interface EngineChoice {
  /** Engine id; left out or `auto`: the one it began on, else the fastest, by measurement. */
  readonly backend?: string | undefined
  /** Threads that the engine may compute with; left out: all of the machine's cores but one. */
  readonly threads?: number | undefined
  /** How a process is started; left out: Node's fork. */
  readonly fork?: ForkEngine | undefined
}

export interface SlotOptions extends EngineChoice {
  /** The engine that an earlier session trained on; another one would round differently. */
  readonly before?: () => string | undefined
  /** The engine that a new run asks for; left out: `auto`. */
  readonly first?: string | undefined
  readonly events: EngineEvents
  /** The job as it stands now: asked for whenever a process starts. */
  readonly job: () => Promise<Job>
  readonly opened: (facts: JobFacts, engine: EngineInfo, job: Job) => void
  /** The process went away unasked. */
  readonly died: () => void
  readonly isBusy: () => boolean
}

/** At most one engine process, started when it is needed and ended when it is idle. */
export class EngineSlot {
  readonly #options: SlotOptions
  #engine: Promise<Engine> | undefined
  #pid: number | undefined
  #idle: NodeJS.Timeout | undefined
  #calls = 0

  constructor(options: SlotOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#engine !== undefined
  }

  /** The process' id; undefined while none is open. */
  get pid(): number | undefined {
    return this.#pid
  }

  /** The engine with the job open. Throws what the engine throws when it cannot start or open. */
  async functions(): Promise<EngineFunctions> {
    this.#engine ??= this.#start()
    this.touch()
    const { functions } = await this.#engine
    return new Proxy(functions, { get: (target, name) => this.#counted(target[name as keyof EngineFunctions]) })
  }

  /** A call under way keeps the engine from counting as idle, however long it takes. */
  #counted(call: EngineFunctions[keyof EngineFunctions] | undefined) {
    // `then` is asked for when the functions are awaited.
    if (!call) return undefined
    return async (...args: never[]) => {
      this.#calls += 1
      try {
        return await (call as (...args: never[]) => Promise<unknown>)(...args)
      } finally {
        this.#calls -= 1
        this.touch()
      }
    }
  }

  /** Starts the idle time anew. */
  touch(): void {
    clearTimeout(this.#idle)
    if (!this.#engine) return
    this.#idle = setTimeout(() => {
      if (this.#calls > 0 || this.#options.isBusy()) this.touch()
      else void this.stop()
    }, idleLimit)
    this.#idle.unref()
  }

  /** Ends the process; what it had not reported is gone. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle)
    const engine = this.#engine
    this.#engine = undefined
    this.#pid = undefined
    await (await engine?.catch(() => undefined))?.stop()
  }

  #start(): Promise<Engine> {
    const starting = this.#open(() => this.#engine === starting)
    starting.catch(() => {
      if (this.#engine === starting) this.#engine = undefined
    })
    return starting
  }

  /** `isCurrent`: an engine that was let go reports to nobody. */
  async #open(isCurrent: () => boolean): Promise<Engine> {
    const { events, job: currentJob, opened, died, threads, fork } = this.#options
    const job = await currentJob()
    const options = { ...(threads && { threads }), ...(fork && { fork }) }
    const { backend, timings } = await this.#choose(job, options)
    const engine = await startLabEngine({
      ...options,
      backend,
      onEvents: {
        rows: (...args) => isCurrent() && events.rows(...args),
        state: (...args) => isCurrent() && events.state(...args),
        checkpoint: (...args) => isCurrent() && events.checkpoint(...args),
        moment: (...args) => isCurrent() && events.moment(...args),
      },
      onExit: ({ expected }) => {
        if (expected || !isCurrent()) return
        this.#engine = undefined
        this.#pid = undefined
        died()
      },
    })
    try {
      const facts = await engine.functions.open(job)
      const info = { ...(await engine.functions.info()), ...(timings.length && { timings }) }
      await refuseUnsupported(
        info.id,
        facts.runs.map(({ config }) => config),
      )
      if (!isCurrent()) throw new LabError('busy', 'The engine was stopped while it started.', 'Try again.')
      this.#pid = engine.pid
      opened(facts, info, job)
      return engine
    } catch (error) {
      await engine.stop()
      throw error
    }
  }

  /** The engine that was asked for, that the run began on, or the fastest for its largest layer. */
  async #choose(job: Job, options: EngineOptions): Promise<{ backend: string; timings: Timings }> {
    const { backend = 'auto', before, first = 'auto' } = this.#options
    const began = before?.()
    const isMeant = backend === 'auto' ? await isUsable(began ?? '') : enginesCalled(backend).includes(began ?? '')
    if (began !== undefined && isMeant) return { backend: began, timings: [] }
    if (backend !== 'auto') return { backend, timings: [] }
    if (began === undefined && first !== 'auto') return { backend: first, timings: [] }
    const found = await problemOf(job, options)
    const timings = found ? await timeEngines(found.problem, found.configs, options) : []
    return { backend: timings[0]?.id ?? 'wasm', timings }
  }
}

/** The largest layer and all models of a job, as an engine says; undefined where there is nothing to choose. */
async function problemOf(
  job: Job,
  options: EngineOptions,
): Promise<{ problem: TimingProblem; configs: ModelConfig[] } | undefined> {
  if (!(await hasChoice())) return undefined
  const engine = await startLabEngine({ ...options, backend: 'wasm' })
  try {
    const { task, runs } = await engine.functions.open(job)
    const [{ config } = {}] = runs.toSorted((a, b) => b.parameters - a.parameters)
    if (!config) return undefined
    const { cell, inputSize: width, hiddenSize: units } = config
    const problem = { cell, time: task.length, width, units, batch: job.spec.training.batchSize }
    return { problem, configs: runs.map(({ config }) => config) }
  } finally {
    await engine.stop()
  }
}
