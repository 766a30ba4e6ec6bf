import { freemem } from 'node:os'
import type { Job, Pace, Snapshot } from '../protocol.ts'
import type { Member, Updated, Wanted } from './member.ts'
import { sharesOf } from './shares.ts'
import { Threads } from './threads.ts'
import { Trial, type Way } from './trial.ts'

export interface Asked {
  readonly run: number
  readonly wanted: Wanted
}

export interface Room {
  /** Threads that there are; 1 where the engine computes in one place only. */
  readonly threads: number
  /** Bytes that the runs need at the same time, as far as it is known. */
  readonly bytes: number
}

/**
 * The runs of an experiment in training. They begin in turns, in the thread that answers the page as well; where a
 * trial finds them faster side by side, their states move to threads of their own.
 */
export class Team {
  readonly #job: Job
  readonly #members: readonly Member[]
  readonly #threads: number
  readonly #trial: Trial
  /** Milliseconds of an update in turns, by run. */
  readonly #costs: number[]
  #starting: Promise<Threads | undefined> | undefined
  /** Once they have started; the states are there as long as `#way` says so. */
  #beside: Threads | undefined
  #way: Way = 'in turns'

  constructor(job: Job, members: readonly Member[], { threads, bytes }: Room, trial = new Trial()) {
    this.#job = job
    this.#trial = trial
    this.#members = members
    this.#costs = members.map(() => Number.POSITIVE_INFINITY)
    // Each thread has a memory of its own, beside the one that the turns used.
    this.#threads = bytes < freemem() / 2 ? threads : 1
  }

  /** How the last updates were made, and what the trial found where it is over. */
  get pace(): Pace {
    const { times } = this.#trial
    return { way: this.#way, ...(times && { trial: times }) }
  }

  /** An update of each run that is asked for; what came of them, in their order. */
  async update(asked: readonly Asked[]): Promise<Updated[]> {
    await this.#choose(asked.length)
    const started = performance.now()
    const beside = this.#way === 'side by side' ? this.#beside : undefined
    const updated = beside
      ? await Promise.all(asked.map(({ run, wanted }) => beside.update(run, wanted)))
      : await this.#inTurns(asked)
    if (asked.length > 1) this.#trial.add(this.#way, performance.now() - started)
    return updated
  }

  snapshot(run: number): Promise<Snapshot> | Snapshot {
    const here = this.#members[run] as Member
    return this.#way === 'side by side' && this.#beside ? this.#beside.snapshot(run) : here.snapshot()
  }

  /** Ends its threads. */
  async close(): Promise<void> {
    await (await this.#starting)?.stop()
  }

  async #inTurns(asked: readonly Asked[]): Promise<Updated[]> {
    const updated: Updated[] = []
    for (const { run, wanted } of asked) {
      const started = performance.now()
      updated.push((this.#members[run] as Member).update(wanted))
      this.#costs[run] = Math.min(this.#costs[run] as number, performance.now() - started)
      // Lets the page's questions and a pause come in between.
      await new Promise(setImmediate)
    }
    return updated
  }

  async #choose(runs: number): Promise<void> {
    // All threads are one's that is alone.
    if (runs < 2) return this.#moveHome()
    if (this.#trial.faster === 'in turns') return this.#moveHome()
    if (this.#threads < 2 || !this.#trial.knows('in turns')) return
    this.#starting ??= Threads.start(this.#job, sharesOf(this.#costs, this.#threads)).then(
      (threads) => (this.#beside = threads),
      () => undefined, // where the system gives no threads, turns it is
    )
    if (this.#beside && this.#way === 'in turns') await this.#moveTo(this.#beside)
  }

  async #moveTo(threads: Threads): Promise<void> {
    await Promise.all(this.#members.map((member, run) => threads.restore(run, member.snapshot())))
    this.#way = 'side by side'
  }

  async #moveHome(): Promise<void> {
    const threads = this.#beside
    if (!threads) return
    if (this.#way === 'side by side') {
      for (const [run, member] of this.#members.entries()) member.restore(await threads.snapshot(run))
    }
    this.#way = 'in turns'
    this.#beside = undefined
    await threads.stop()
  }
}
