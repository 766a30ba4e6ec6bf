import type { Cursor, Follow, RunSummary } from '../../../shared/contract.ts'
import { LabError, type LabErrorData } from '../../../shared/errors.ts'
import type { Rows, RunStatus } from '../../../shared/telemetry.ts'
import { cellById } from '../../engine/cells/catalogue.ts'
import type { JobFacts } from '../../engine/protocol.ts'
import { RunLog } from './log.ts'
import { News } from './news.ts'
import type { Saveable } from './saver.ts'
import type { SavedTraining } from './store.ts'

/** How long `follow` waits for news, in milliseconds. */
const followPatience = 10_000

interface Run {
  readonly log: RunLog
  status: RunStatus
}

export interface BoardOptions {
  /** Something is there that was not, or is not any more. */
  readonly changed: () => void
  /** A run began, ended or stopped. */
  readonly stateChanged: () => void
}

/** What the runs of one experiment have reported, and who waits for more. Survives every engine process. */
export class Board {
  readonly #options: BoardOptions
  readonly #news = new News()
  #facts: JobFacts | undefined
  #runs: Run[] = []
  /** Counts how often rows were taken back. */
  #epoch = 0

  constructor(options: BoardOptions) {
    this.#options = options
  }

  get facts(): JobFacts {
    if (!this.#facts) throw new TypeError('the experiment is not open yet')
    return this.#facts
  }

  get isTraining(): boolean {
    return this.#runs.some(({ status }) => status.state === 'training')
  }

  get epoch(): number {
    return this.#epoch
  }

  get saveable(): Saveable {
    return { epoch: this.#epoch, runs: this.#runs.map(({ log }, run) => ({ log, summary: this.#summary(run) })) }
  }

  /** By `horizonThreshold`, or by 0.01. */
  summaries(horizonThreshold?: number): readonly RunSummary[] {
    return this.#runs.map((_, run) => this.#summary(run, horizonThreshold))
  }

  /** Everything run `run` reported. Throws `not-found`. */
  rows(run: number): Rows {
    const found = this.#runs[run]
    if (!found) throw new LabError('not-found', `There is no run ${run}.`, `Choose 0 to ${this.#runs.length - 1}.`)
    return found.log.rows()
  }

  restore({ facts, epoch, runs }: SavedTraining): void {
    this.#facts = facts
    this.#epoch = epoch
    this.#runs = runs.map(({ status, rows }, run) => {
      const log = newLog(facts, run)
      for (const chunk of rows) log.append(chunk)
      return { status, log }
    })
  }

  /**
   * An engine stands at `steps`, one for each run: rows from after them will come again. Returns the runs
   * that had any.
   */
  opened(facts: JobFacts, steps: readonly number[]): number[] {
    this.#facts = facts
    if (this.#runs.length === 0) {
      const status: RunStatus = { state: 'ready', step: 0, stepsPerSecond: 0 }
      this.#runs = facts.runs.map((_, run) => ({ log: newLog(facts, run), status }))
      return []
    }
    const cut: number[] = []
    for (const [run, { log, status }] of this.#runs.entries()) {
      const step = steps[run] ?? 0
      if (log.truncate(step)) cut.push(run)
      if (status.step !== step) this.setStatus(run, { ...status, step })
    }
    if (cut.length) this.#epoch += 1
    return cut
  }

  append(run: number, rows: Rows): void {
    this.#runs[run]?.log.append(rows)
    this.announce()
  }

  setStatus(index: number, status: RunStatus): void {
    const run = this.#runs[index]
    if (!run) return
    if (run.status.state !== status.state) {
      this.#news.count += 1
      this.#options.stateChanged()
    }
    run.status = status
    this.announce()
  }

  /** Whatever trains no longer does. */
  interrupt(failure: LabErrorData): void {
    for (const [run, { status }] of this.#runs.entries()) {
      if (status.state !== 'training') continue
      this.setStatus(run, { state: 'interrupted', step: status.step, stepsPerSecond: 0, failure })
    }
  }

  /** Wakes whoever waits. */
  announce(): void {
    this.#news.announce()
    this.#options.changed()
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
    this.refuseClosed()
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
  wait(patience: number): Promise<void> {
    return this.#news.wait(patience)
  }

  /** Throws `busy` once it is closed: there is nothing to wait for then. */
  refuseClosed(): void {
    if (this.#news.isClosed) throw new LabError('busy', 'The lab is closing.', 'Open it again.')
  }

  /** Whoever waits gets an answer, now and later. */
  close(): void {
    this.#news.close()
  }

  #summary(index: number, horizonThreshold?: number): RunSummary {
    const { status, log } = this.#runs[index] as Run
    const { name, config, parameters, bytes } = this.facts.runs[index] as JobFacts['runs'][number]
    const facts = { name, cell: config.cell, parameters, ...(bytes !== undefined && { bytes }) }
    return { ...status, ...facts, ...log.latest(horizonThreshold) }
  }
}

function newLog(facts: JobFacts, run: number): RunLog {
  return new RunLog(facts.task.length, cellById(facts.runs[run]?.config.cell ?? '').hasCellState)
}
