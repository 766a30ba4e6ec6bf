import type { RunSummary } from '../../../shared/contract.ts'
import type { Moment, Snapshot } from '../../engine/protocol.ts'
import type { RunLog } from './log.ts'
import { surplusSteps } from './moments.ts'
import type { TrainingStore } from './store.ts'

/** Rows are saved at most once in so many milliseconds. */
const saveEvery = 1000

/** What there is to save, as it stands when it is asked for. */
export interface Saveable {
  readonly epoch: number
  readonly runs: readonly { readonly summary: RunSummary; readonly log: RunLog }[]
}

/** How much of a run's log is in the store. */
interface Saved {
  history: number
  flow: number
  /** Set when rows in the store no longer count. */
  truncatedTo?: number
}

export interface SaverOptions {
  readonly store: TrainingStore
  readonly state: () => Saveable
  /** Saving did not work. Nothing is lost: the next save tries the same again. */
  readonly failed: (error: unknown) => void
}

/**
 * Brings what a training gathers into its store: new rows once a second, snapshots one after the other,
 * each after the rows that led to it. Keeps the latest snapshot of every run at hand.
 */
export class Saver {
  readonly #options: SaverOptions
  readonly #saved: Saved[] = []
  readonly #latest = new Map<number, Snapshot>()
  readonly #unsaved = new Map<number, Snapshot>()
  readonly #moments = new Map<number, readonly Moment[]>()
  #changed = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: SaverOptions) {
    this.#options = options
  }

  /** Takes note that everything in the logs is in the store. */
  markSaved(): void {
    for (const [run, { log }] of this.#options.state().runs.entries()) {
      this.#saved[run] = { history: log.historyRows, flow: log.flowRows }
    }
  }

  /** The log of a run was cut after `step`. */
  truncated(run: number, step: number): void {
    const log = this.#options.state().runs[run]?.log
    const saved = this.#of(run)
    saved.history = Math.min(saved.history, log?.historyRows ?? 0)
    saved.flow = Math.min(saved.flow, log?.flowRows ?? 0)
    saved.truncatedTo = step
  }

  /** Something changed: saved within a second. */
  schedule(): void {
    this.#changed = true
    this.#timer ??= setTimeout(() => void this.flush(), saveEvery).unref()
  }

  keep(run: number, snapshot: Snapshot): void {
    if (this.#latest.get(run)?.step === snapshot.step) return
    this.#latest.set(run, snapshot)
    this.#unsaved.set(run, snapshot)
    this.#changed = true
    void this.flush()
  }

  /** Where the disk is slow, some of those that wait are let go of, as in the store. */
  keepMoment(run: number, moment: Moment): void {
    if (!this.#options.store.moments) return
    const waiting = [...this.#waiting(run), moment]
    const surplus = new Set(surplusSteps(waiting.map(({ step }) => step)))
    this.#moments.set(
      run,
      waiting.filter(({ step }) => !surplus.has(step)),
    )
    this.schedule()
  }

  /** An engine goes on from `step` on. */
  dropMoments(run: number, step: number): void {
    this.#moments.set(
      run,
      this.#waiting(run).filter((moment) => moment.step <= step),
    )
    this.#options.store.moments?.dropAfter(run, step)
  }

  /** The latest snapshot of a run, from this session or an earlier one. */
  async checkpoint(run: number): Promise<Snapshot | null> {
    const latest = this.#latest.get(run) ?? (await this.#options.store.loadCheckpoint(run))
    if (latest) this.#latest.set(run, latest)
    return latest
  }

  /** Resolves when everything so far is saved, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#options.failed)
    return this.#writing
  }

  async #write(): Promise<void> {
    const snapshots = [...this.#unsaved]
    if (this.#changed) this.#saveRows()
    for (const [run, snapshot] of snapshots) {
      await this.#options.store.saveCheckpoint(run, snapshot)
      if (this.#unsaved.get(run) === snapshot) this.#unsaved.delete(run)
    }
    for (const run of this.#moments.keys()) await this.#saveMoments(run)
  }

  /** One stays until it is saved: what fails is tried again. */
  async #saveMoments(run: number): Promise<void> {
    for (let [moment] = this.#waiting(run); moment; [moment] = this.#waiting(run)) {
      await this.#options.store.moments?.save(run, moment)
      this.#moments.set(
        run,
        this.#waiting(run).filter((other) => other !== moment),
      )
    }
  }

  #waiting(run: number): readonly Moment[] {
    return this.#moments.get(run) ?? []
  }

  #saveRows(): void {
    const { epoch, runs } = this.#options.state()
    this.#options.store.save(
      epoch,
      runs.map(({ summary, log }, run) => {
        const { history, flow, truncatedTo } = this.#of(run)
        return { summary, rows: log.rows(history, flow), ...(truncatedTo !== undefined && { truncatedTo }) }
      }),
    )
    this.#changed = false
    this.markSaved()
  }

  #of(run: number): Saved {
    const saved = this.#saved[run] ?? { history: 0, flow: 0 }
    this.#saved[run] = saved
    return saved
  }
}
