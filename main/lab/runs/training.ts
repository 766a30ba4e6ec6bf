import type { Answers, Cursor, EngineInfo, Example, Follow, RunSummary } from '../../../shared/contract.ts'
import { errorData, LabError, type LabErrorData } from '../../../shared/errors.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import type { Rows, RunState, RunStatus } from '../../../shared/telemetry.ts'
import { cellById } from '../../engine/cells/catalogue.ts'
import type { JobFacts, Snapshot, TaskSource } from '../../engine/protocol.ts'
import { type EngineChoice, EngineSlot } from './engine-slot.ts'
import { RunLog } from './log.ts'
import { News } from './news.ts'
import { Saver } from './saver.ts'
import { noStore, type SavedTraining, type TrainingStore } from './store.ts'

/** How long `follow` waits for news, in milliseconds. */
const followPatience = 10_000

export interface TrainingOptions extends EngineChoice {
  /** Resolved. */
  readonly spec: RunSpec
  /** Reads the task's file again; needed whenever an engine starts. */
  readonly source?: () => Promise<TaskSource | undefined>
  readonly store?: TrainingStore
  readonly saved?: SavedTraining
}

interface Run {
  readonly log: RunLog
  status: RunStatus
}

/**
 * One experiment: its runs' states and rows, and the engine process that trains them. The process is
 * started when it is needed, and may die: what is here stays, and `play` goes on from the last snapshot.
 */
export class Training {
  #spec: RunSpec
  readonly #slot: EngineSlot
  readonly #saver: Saver
  readonly #news = new News()
  #facts: JobFacts | undefined
  #engineId = ''
  #engineVersion = ''
  #runs: Run[] = []
  /** Counts how often rows were taken back. */
  #epoch = 0

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

  private constructor({ spec, source, store = noStore, saved, backend, fork }: TrainingOptions) {
    this.#spec = spec
    this.#saver = new Saver({
      store,
      state: () => ({
        epoch: this.#epoch,
        runs: this.#runs.map(({ log }, run) => ({ log, summary: this.#summary(run) })),
      }),
      failed: (error) => this.#cannotSave(error),
    })
    if (saved) this.#restore(saved)
    this.#slot = new EngineSlot({
      backend,
      fork,
      isBusy: () => this.isTraining,
      job: async () => ({
        spec: this.#spec,
        source: await source?.(),
        resume: await Promise.all(spec.cells.map((_, run) => this.#saver.checkpoint(run))),
      }),
      opened: (facts, engine, job) => this.#opened(facts, engine, job.resume ?? []),
      died: () => this.#died(),
      events: {
        rows: (run, rows) => this.#rows(run, rows),
        state: (run, state, step, stepsPerSecond, failure) =>
          this.#setStatus(run, { state, step, stepsPerSecond, ...(failure && { failure }) }),
        checkpoint: (run, snapshot) => this.#saver.keep(run, snapshot),
      },
    })
  }

  get facts(): JobFacts {
    if (!this.#facts) throw new TypeError('the experiment is not open yet')
    return this.#facts
  }

  get engine(): string {
    return this.#engineId
  }

  /** Of the engine that was opened last; empty before. */
  get engineVersion(): string {
    return this.#engineVersion
  }

  /** The engine process' id; undefined while none is open. */
  get pid(): number | undefined {
    return this.#slot.pid
  }

  get isTraining(): boolean {
    return this.#runs.some(({ status }) => status.state === 'training')
  }

  get epoch(): number {
    return this.#epoch
  }

  get summaries(): readonly RunSummary[] {
    return this.summariesBy()
  }

  /** `summaries`, with horizons by another threshold than 0.01. */
  summariesBy(horizonThreshold?: number): readonly RunSummary[] {
    return this.#runs.map((_, run) => this.#summary(run, horizonThreshold))
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
    this.#news.close()
    await this.stop()
  }

  /** Rows after `cursor`, waiting for some up to 10 s. Throws `busy` when the lab closes. */
  async follow(cursor: Cursor): Promise<Follow> {
    const fresh = () =>
      cursor.epoch !== this.#epoch ||
      this.#news.count !== seen ||
      this.#runs.some(
        ({ log }, run) => log.historyRows > (cursor.history[run] ?? 0) || log.flowRows > (cursor.flow[run] ?? 0),
      )
    const seen = cursor.news ?? this.#news.delivered
    if (!fresh()) await this.#news.wait(followPatience)
    if (this.#news.isClosed) throw new LabError('busy', 'The lab is closing.', 'Open it again.')
    this.#news.delivered = this.#news.count
    const same = cursor.epoch === this.#epoch
    return {
      epoch: this.#epoch,
      news: this.#news.count,
      runs: this.#runs.map(({ status, log }, run) => ({
        ...status,
        ...log.rows(same ? cursor.history[run] : 0, same ? cursor.flow[run] : 0, true),
      })),
    }
  }

  /** Resolves at the next change, at the latest after `patience` milliseconds. */
  waitForNews(patience: number): Promise<void> {
    return this.#news.wait(patience)
  }

  async answers(): Promise<Answers> {
    return (await this.#slot.functions()).answers()
  }

  async example(index: number, horizonThreshold?: number): Promise<Example> {
    return (await this.#slot.functions()).example(index, horizonThreshold)
  }

  async sample(run: number, prompt: string, length: number, temperature: number): Promise<string> {
    return (await this.#slot.functions()).sample(run, prompt, length, temperature)
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

  /** Everything run `run` reported. */
  rows(run: number): Rows {
    const found = this.#runs[run]
    if (!found) throw new LabError('not-found', `There is no run ${run}.`, `Choose 0 to ${this.#runs.length - 1}.`)
    return found.log.rows()
  }

  #restore({ facts, engine, epoch, runs }: SavedTraining): void {
    this.#facts = facts
    this.#engineId = engine
    this.#epoch = epoch
    this.#runs = runs.map(({ status, rows }, run) => {
      const log = this.#newLog(facts, run)
      for (const chunk of rows) log.append(chunk)
      return { status, log }
    })
    this.#saver.markSaved()
  }

  #newLog(facts: JobFacts, run: number): RunLog {
    return new RunLog(facts.task.length, cellById(facts.runs[run]?.config.cell ?? '').hasCellState)
  }

  #opened(facts: JobFacts, engine: EngineInfo, resume: readonly (Snapshot | null)[]): void {
    this.#facts = facts
    this.#engineId = engine.id
    this.#engineVersion = engine.version
    if (this.#runs.length === 0) {
      const status: RunStatus = { state: 'ready', step: 0, stepsPerSecond: 0 }
      this.#runs = facts.runs.map((_, run) => ({ log: this.#newLog(facts, run), status }))
      return
    }
    // The engine stands where the snapshots are: rows from after them will come again.
    let taken = false
    for (const [run, { log, status }] of this.#runs.entries()) {
      const step = resume[run]?.step ?? 0
      if (log.truncate(step)) {
        taken = true
        this.#saver.truncated(run, step)
      }
      if (status.step !== step) this.#setStatus(run, { ...status, step })
    }
    if (!taken) return
    this.#epoch += 1
    this.#changed()
  }

  #rows(run: number, rows: Rows): void {
    this.#runs[run]?.log.append(rows)
    this.#changed()
  }

  #setStatus(index: number, status: RunStatus): void {
    const run = this.#runs[index]
    if (!run) return
    if (run.status.state !== status.state) {
      this.#news.count += 1
      this.#slot.touch()
    }
    run.status = status
    this.#changed()
  }

  #changed(): void {
    this.#news.announce()
    this.#saver.schedule()
  }

  #died(): void {
    const failure: LabErrorData = {
      code: 'engine-died',
      message: 'The engine process ended unexpectedly.',
      hint: 'Press play to continue from the last checkpoint.',
    }
    this.#interrupt(failure)
  }

  /** What was computed stays in memory, so nothing is lost while there is room to be made. */
  #cannotSave(error: unknown): void {
    const generic = {
      code: 'workspace-invalid',
      message: `The workspace cannot be written: ${errorData(error).message}`,
      hint: 'Make room or correct its permissions, then press play.',
    } as const
    this.#interrupt(error instanceof LabError ? error.toJSON() : generic)
    void this.#slot.stop()
  }

  #interrupt(failure: LabErrorData): void {
    for (const [run, { status }] of this.#runs.entries()) {
      if (status.state !== 'training') continue
      this.#setStatus(run, { state: 'interrupted' satisfies RunState, step: status.step, stepsPerSecond: 0, failure })
    }
  }

  #summary(index: number, horizonThreshold?: number): RunSummary {
    const { status, log } = this.#runs[index] as Run
    const { name, config, parameters } = this.facts.runs[index] as JobFacts['runs'][number]
    return { ...status, name, cell: config.cell, parameters, ...log.latest(horizonThreshold) }
  }
}
