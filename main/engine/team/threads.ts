import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import { errorData, LabError } from '../../../shared/errors.ts'
import type { Job, Snapshot } from '../protocol.ts'
import type { Updated, Wanted } from './member.ts'
import type { RunThreadFunctions, RunThreadStart } from './run-thread.ts'
import type { Share } from './shares.ts'

/** Under Node the sources run as they are; a bundle has the thread beside it as run-thread.js. */
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './run-thread.ts' : './run-thread.js', import.meta.url),
)

interface Thread {
  readonly worker: Worker
  readonly functions: BirpcReturn<RunThreadFunctions>
  /** Why it answers no more. */
  ended?: LabError
}

/** Threads that train runs side by side; runs are named by their index in the job. */
export class Threads {
  readonly #threads: readonly Thread[]
  readonly #byRun: ReadonlyMap<number, Thread>

  /** One for each share; rejects where the system gives none. */
  static async start(job: Job, shares: readonly Share[]): Promise<Threads> {
    const threads = new Threads(job, shares)
    try {
      await Promise.all(threads.#threads.map(({ functions }) => functions.start()))
      return threads
    } catch (error) {
      await threads.stop()
      throw error
    }
  }

  private constructor({ spec, source }: Job, shares: readonly Share[]) {
    const job: Job = { spec, ...(source && { source }) }
    this.#threads = shares.map(({ threads }) => startThread({ job, threads }))
    this.#byRun = new Map(
      shares.flatMap(({ runs }, k) => runs.map((run) => [run, this.#threads[k] as Thread] as const)),
    )
  }

  /** Hands a run over. Rejects with `engine-died` where its thread has ended, as `snapshot` does. */
  take(run: number, state: Snapshot): Promise<void> {
    return this.#ask(run, (functions) => functions.take(run, state))
  }

  snapshot(run: number): Promise<Snapshot> {
    return this.#ask(run, (functions) => functions.snapshot(run))
  }

  /** Resolves also where its thread has ended, and the run's state with it: the failure is `engine-died` then. */
  async update(run: number, wanted: Wanted): Promise<Updated> {
    try {
      return await this.#ask(run, (functions) => functions.update(run, wanted))
    } catch (error) {
      return { moments: [], failure: errorData(error) }
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  async #ask<T>(run: number, ask: (functions: Thread['functions']) => Promise<T>): Promise<T> {
    const thread = this.#byRun.get(run) as Thread
    try {
      return await ask(thread.functions)
    } catch (error) {
      throw thread.ended ?? error
    }
  }
}

function startThread(start: RunThreadStart): Thread {
  const worker = new Worker(entry, { workerData: start, execArgv: ['--no-warnings'] })
  const functions = createBirpc<RunThreadFunctions>(
    {},
    {
      post: (message) => worker.postMessage(message),
      on: (receive) => worker.on('message', receive),
      timeout: -1,
    },
  )
  const thread: Thread = { worker, functions }
  const ended = (reason: unknown) => {
    const how = reason instanceof Error ? reason.message : `code ${reason}`
    thread.ended ??= new LabError('engine-died', `A thread ended: ${how}.`, 'Go on from the last checkpoint.', { how })
    functions.$close(thread.ended)
  }
  worker.on('error', ended)
  worker.on('exit', ended)
  // It ends with the process, and keeps none alive.
  worker.unref()
  return thread
}
