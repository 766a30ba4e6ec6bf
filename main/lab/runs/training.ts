import type { Answers, Cursor, EngineInfo, Follow, RunSummary } from '../../../shared/contract.ts'
import { errorData, LabError, type LabErrorData } from '../../../shared/errors.ts'
import type {
  BatchQuery,
  BatchView,
  ExampleQuery,
  FindQuery,
  Found,
  GateTelemetry,
  Glance,
  GlanceQuery,
  InspectedExample,
  StoredSteps,
  WhatIf,
  WhatIfQuery,
} from '../../../shared/inspect.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import type { JobFacts, Snapshot, States, TaskSource } from '../../engine/protocol.ts'
import type { Way } from '../../engine/team/trial.ts'
import { Board } from './board.ts'
import { type EngineChoice, EngineSlot } from './engine-slot.ts'
import { stackGates } from './moments.ts'
import { Saver } from './saver.ts'
import { type MomentStore, noMoment, noStore, type SavedTraining, type TrainingStore } from './store.ts'

export interface TrainingOptions extends EngineChoice {
  /** Resolved. */
  readonly spec: RunSpec
  /** Reads the task's file again; needed whenever an engine starts. */
  readonly source?: () => Promise<TaskSource | undefined>
  readonly store?: TrainingStore
  readonly saved?: SavedTraining
  /** The engine that a new experiment asks for; left out: `auto`. */
  readonly first?: string
  /** An engine was opened to train on. */
  readonly opened?: (engine: EngineInfo) => void
}

/**
 * One experiment: its runs' states and rows, and the engine process that trains them. The process is
 * started when it is needed, and may die: what is here stays, and `play` goes on from the last snapshot.
 */
export class Training {
  #spec: RunSpec
  readonly #slot: EngineSlot
  readonly #saver: Saver
  readonly #board = new Board({ changed: () => this.#saver.schedule(), stateChanged: () => this.#slot.touch() })
  readonly #store: TrainingStore
  #engineId = ''
  #engineVersion = ''
  #timings: EngineInfo['timings'] = []

  /** A new experiment: checks everything there is to check by opening it in an engine. */
  static async create(options: TrainingOptions): Promise<Training> {
    const training = new Training(options)
    await training.#slot.functions()
    return training
  }

  /** An experiment from an earlier session. Starts no engine. */
  static load(options: TrainingOptions & { readonly saved: SavedTraining }): Training {
    return new Training(options)
  }

  private constructor(options: TrainingOptions) {
    const { spec, source, store = noStore, saved, backend, threads, fork, first, opened } = options
    this.#spec = spec
    this.#store = store
    this.#saver = new Saver({ store, state: () => this.#board.saveable, failed: (error) => this.#cannotSave(error) })
    if (saved) {
      this.#engineId = saved.engine
      this.#board.restore(saved)
      this.#saver.markSaved()
    }
    this.#slot = new EngineSlot({
      backend,
      threads,
      before: () => this.#engineId || undefined,
      first,
      fork,
      isBusy: () => this.isTraining,
      job: async () => ({
        spec: this.#spec,
        source: await source?.(),
        resume: await Promise.all(spec.cells.map((_, run) => this.#saver.checkpoint(run))),
      }),
      opened: (facts, engine, job) => {
        this.#opened(facts, engine, job.resume ?? [])
        opened?.(engine)
      },
      died: () => this.#died(),
      events: {
        rows: (run, rows) => this.#board.append(run, rows),
        state: (run, state, step, stepsPerSecond, failure) => {
          if (failure?.code === 'out-of-memory') this.#interrupt(failure)
          else this.#board.setStatus(run, { state, step, stepsPerSecond, ...(failure && { failure }) })
        },
        checkpoint: (run, snapshot) => this.#saver.keep(run, snapshot),
        moment: (run, moment) => this.#saver.keepMoment(run, moment),
      },
    })
  }

  get facts(): JobFacts {
    return this.#board.facts
  }

  get engine(): string {
    return this.#engineId
  }

  /** Of the engine that was opened last; empty before. */
  get engineVersion(): string {
    return this.#engineVersion
  }

  /** What the engine was chosen by: a training step on each, in milliseconds; empty where nothing was measured. */
  get timings(): NonNullable<EngineInfo['timings']> {
    return this.#timings ?? []
  }

  /** The engine process' id; undefined while none is open. */
  get pid(): number | undefined {
    return this.#slot.pid
  }

  get isTraining(): boolean {
    return this.#board.isTraining
  }

  get epoch(): number {
    return this.#board.epoch
  }

  get summaries(): readonly RunSummary[] {
    return this.summariesBy()
  }

  /** `summaries`, with horizons by another threshold than 0.01. */
  summariesBy(horizonThreshold?: number): readonly RunSummary[] {
    return this.#board.summaries(horizonThreshold)
  }

  /** Trains up to `steps` updates in all (the experiment's own number when left out); returns at once. */
  async play(steps = this.#spec.training.steps): Promise<void> {
    const training = { ...this.#spec.training, steps: Math.max(steps, this.#spec.training.steps) }
    this.#spec = { ...this.#spec, training }
    const engine = await this.#slot.functions()
    await engine.play(steps)
  }

  /** Resolves when no update is under way and everything is saved. */
  async pause(): Promise<void> {
    if (this.#slot.isOpen) await (await this.#slot.functions()).pause()
    await this.#saver.flush()
  }

  /** One update of every run. Throws `busy` while training. */
  async step(): Promise<void> {
    if (this.isTraining) throw new LabError('busy', 'Training is under way.', 'Pause it first.')
    const engine = await this.#slot.functions()
    await engine.step()
  }

  /** Pauses, saves and ends the engine process. */
  async stop(): Promise<void> {
    try {
      await this.pause()
    } catch (error) {
      // An engine that died while it was asked to stop has been reported by its exit.
      if (errorData(error).code !== 'engine-died') throw error
    } finally {
      await this.#slot.stop()
      await this.#saver.flush()
    }
  }

  /** `stop`, and whoever waits for news gets an answer. */
  async close(): Promise<void> {
    this.#board.close()
    await this.stop()
  }

  /** Rows after `cursor`, waiting for some up to 10 s. Throws `busy` when the lab closes. */
  follow(cursor: Cursor): Promise<Follow> {
    return this.#board.follow(cursor)
  }

  /** Resolves at the next change, at the latest after `patience` milliseconds. */
  waitForNews(patience: number): Promise<void> {
    return this.#board.wait(patience)
  }

  /** Resolves when `done` says so, asked at every change. Throws `busy` when it is closed before. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      this.#board.refuseClosed()
      await this.waitForNews(1000)
    }
  }

  async answers(step?: number): Promise<Answers> {
    return (await this.#slot.functions()).answers(await this.#statesAt(step))
  }

  async example(query: ExampleQuery): Promise<InspectedExample> {
    return (await this.#slot.functions()).example(query, await this.#statesAt(query.step))
  }

  async whatIf(query: WhatIfQuery): Promise<WhatIf> {
    return (await this.#slot.functions()).whatIf(query, await this.#statesAt(query.step))
  }

  async batch(query: BatchQuery): Promise<BatchView> {
    return (await this.#slot.functions()).batch(query, await this.#statesAt(query.step))
  }

  async glance(query: GlanceQuery): Promise<readonly Glance[]> {
    return (await this.#slot.functions()).glance(query)
  }

  async find(query: FindQuery): Promise<Found> {
    return (await this.#slot.functions()).find(query, await this.#statesAt(query.step))
  }

  async cancelFind(): Promise<void> {
    if (this.#slot.isOpen) await (await this.#slot.functions()).cancelFind()
  }

  /** Training steps whose state can be looked into, of every run. */
  async storedSteps(): Promise<StoredSteps> {
    await this.#saver.flush()
    const runs = this.facts.runs.map(async (_, run) => {
      const present = await this.#presentStep(run)
      const before = (this.#store.moments?.steps(run) ?? []).filter((step) => step < present)
      return { steps: Int32Array.of(...before, present) }
    })
    return { runs: await Promise.all(runs) }
  }

  /** How the gates stood at the moments that are kept, of every run. */
  async gates(): Promise<GateTelemetry> {
    await this.#saver.flush()
    return { runs: this.facts.runs.map((_, run) => stackGates(this.#store.moments?.gates(run) ?? [])) }
  }

  /** Of each run the latest stored state that is not after `step`. Throws `not-found` where a run has none. */
  async #statesAt(step: number | undefined): Promise<States> {
    if (step === undefined) return []
    await this.#slot.functions() // where an engine has died, the present state is another
    return Promise.all(
      this.facts.runs.map(async (_, run) => {
        if ((await this.#presentStep(run)) <= step) return null
        const stored = (this.#store.moments?.steps(run) ?? []).findLast((each) => each <= step)
        if (stored === undefined) throw noMoment(step)
        return (this.#store.moments as MomentStore).load(run, stored)
      }),
    )
  }

  /** Where an engine stands, or where the next one begins. */
  async #presentStep(run: number): Promise<number> {
    if (this.#slot.isOpen) return this.summaries[run]?.step ?? 0
    return (await this.#saver.checkpoint(run))?.step ?? 0
  }

  async sample(run: number, prompt: string, length: number, temperature: number): Promise<string> {
    return (await this.#slot.functions()).sample(run, prompt, length, temperature)
  }

  /** Milliseconds of an update of every run, in turns and side by side; null where not both are known. */
  async ways(): Promise<Readonly<Record<Way, number>> | null> {
    return this.#slot.isOpen ? (await this.#slot.functions()).ways() : null
  }

  /** A run's present state: from the engine where one is open, else the last one that was kept. */
  async snapshot(run: number): Promise<Snapshot> {
    const kept = this.#slot.isOpen ? null : await this.#saver.checkpoint(run)
    if (kept) return kept
    const snapshots = await (await this.#slot.functions()).snapshots()
    const snapshot = snapshots[run]
    if (!snapshot) throw new LabError('not-found', `There is no run ${run}.`, `Choose 0 to ${snapshots.length - 1}.`)
    return snapshot
  }

  /** Everything run `run` reported. Throws `not-found`. */
  rows(run: number): Rows {
    return this.#board.rows(run)
  }

  #opened(facts: JobFacts, engine: EngineInfo, resume: readonly (Snapshot | null)[]): void {
    this.#engineId = engine.id
    this.#engineVersion = engine.version
    this.#timings = engine.timings
    const steps = facts.runs.map((_, run) => resume[run]?.step ?? 0)
    const cut = this.#board.opened(facts, steps)
    for (const run of cut) this.#saver.truncated(run, steps[run] as number)
    for (const [run, step] of steps.entries()) this.#saver.dropMoments(run, step)
    if (cut.length) this.#board.announce()
  }

  #died(): void {
    this.#board.interrupt({
      code: 'engine-died',
      message: 'The engine process ended unexpectedly.',
      hint: 'Press play to continue from the last checkpoint.',
    })
  }

  /** What was computed stays in memory, so nothing is lost while there is room to be made. */
  #cannotSave(error: unknown): void {
    const generic = {
      code: 'workspace-invalid',
      message: `The workspace cannot be written: ${errorData(error).message}`,
      hint: 'Make room or correct its permissions, then press play.',
    } as const
    this.#interrupt(error instanceof LabError ? error.toJSON() : generic)
  }

  /** Ends the engine, which gives back what it holds; the runs go on from their last checkpoints. */
  #interrupt(failure: LabErrorData): void {
    this.#board.interrupt(failure)
    void this.#slot.stop()
  }
}
