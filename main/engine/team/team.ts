import type { Job, Snapshot } from '../protocol.ts'
import type { Member, OpenedJob, Updated, Wanted } from './member.ts'
import { sharesOf } from './shares.ts'
import { Threads } from './threads.ts'
import { Trial, type Way } from './trial.ts'

export interface Asked {
  readonly run: number
  readonly wanted: Wanted
}

export interface TeamOptions {
  /** Threads that there are; 1 where the engine can compute in one place only, or memory is short. */
  readonly threads: number
  /** For tests: a trial that was made elsewhere, and how threads are started. */
  readonly newTrial?: () => Trial
  readonly start?: typeof Threads.start
}

/**
 * The runs of an experiment in training. They begin in turns, in the thread that answers the page as well; where a
 * trial finds them faster side by side, their states move to threads of their own. Calls of `update` must not overlap.
 */
export class Team {
  readonly #job: Job
  readonly #opened: OpenedJob
  readonly #options: Required<TeamOptions>
  /** By run; of those that are away the state they left in. */
  readonly #members: Member[]
  /** Least milliseconds of an update in turns, by run. */
  readonly #costs: number[]
  #trial: Trial
  /** Runs of the round before: what a trial is about. */
  #going = ''
  #starting: Promise<Threads | undefined> | undefined
  /** Threads that have started. */
  #threads: Threads | undefined
  /** Runs whose states are in the threads. */
  #away: ReadonlySet<number> = new Set()

  constructor(job: Job, opened: OpenedJob, options: TeamOptions) {
    this.#job = job
    this.#opened = opened
    this.#options = { newTrial: () => new Trial(), start: Threads.start, ...options }
    this.#members = opened.configs.map((_, run) => opened.member(run, job.resume?.[run] ?? null))
    this.#costs = opened.configs.map(() => Number.POSITIVE_INFINITY)
    this.#trial = this.#options.newTrial()
  }

  get way(): Way {
    return this.#away.size ? 'side by side' : 'in turns'
  }

  /** What the trial found, milliseconds of a round each way; undefined before it is over. */
  get times(): Readonly<Record<Way, number>> | undefined {
    return this.#trial.times
  }

  /**
   * A round: an update of each run that is asked for. Returns what came of them, in their order. Rejects with
   * `engine-died` where a thread ended and took states with it.
   */
  async update(asked: readonly Asked[]): Promise<Updated[]> {
    if (!asked.length) return []
    await this.#choose(asked.map(({ run }) => run))
    const [way, threads] = [this.way, this.#threads]
    const started = performance.now()
    const updated =
      way === 'side by side' && threads
        ? await Promise.all(asked.map(({ run, wanted }) => threads.update(run, wanted)))
        : await this.#inTurns(asked)
    this.#trial.add(way, performance.now() - started)
    return updated
  }

  async snapshot(run: number): Promise<Snapshot> {
    const threads = this.#threads
    const home = () => (this.#members[run] as Member).snapshot()
    if (!threads || !this.#away.has(run)) return home()
    try {
      return await threads.snapshot(run)
    } catch (error) {
      if (this.#away.has(run)) throw error
      return home() // it came home meanwhile
    }
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

  /** Makes the next round's way the one that is to be tried, or that was found faster. */
  async #choose(runs: readonly number[]): Promise<void> {
    if (this.#going !== runs.join()) {
      // Other runs than before, such as when one has failed: what was found is about those.
      this.#going = runs.join()
      await this.#moveHome()
      this.#trial = this.#options.newTrial()
    }
    if (this.#trial.faster === 'in turns') return this.#moveHome()
    // A run that is alone has all threads as it is.
    if (runs.length < 2 || this.#options.threads < 2 || !this.#trial.knows('in turns')) return
    this.#start(runs)
    if (this.#threads && !this.#away.size) await this.#moveAway(runs, this.#threads)
  }

  /** Turns go on until the threads are there. */
  #start(runs: readonly number[]): void {
    if (this.#starting) return
    const costs = runs.map((run) => [run, this.#costs[run] as number] as const)
    const starting = this.#options.start(this.#job, sharesOf(costs, this.#options.threads)).then(
      async (threads) => {
        if (this.#starting === starting) this.#threads = threads
        else await threads.stop()
        return threads
      },
      () => undefined, // where the system gives no threads, turns it is
    )
    this.#starting = starting
  }

  async #moveAway(runs: readonly number[], threads: Threads): Promise<void> {
    await Promise.all(runs.map((run) => threads.take(run, (this.#members[run] as Member).snapshot())))
    this.#away = new Set(runs)
  }

  async #moveHome(): Promise<void> {
    const threads = this.#threads
    if (threads) {
      const states = await Promise.all([...this.#away].map(async (run) => [run, await threads.snapshot(run)] as const))
      for (const [run, state] of states) this.#members[run] = this.#opened.member(run, state)
    }
    this.#away = new Set()
    this.#threads = undefined
    this.#starting = undefined // threads on their way find that nobody waits for them
    await threads?.stop()
  }
}
