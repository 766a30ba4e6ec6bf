import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import { errorData, LabError } from '../../../shared/errors.ts'
import type { Job, Snapshot } from '../protocol.ts'
import type { Updated, Wanted } from './member.ts'
import type { Share } from './shares.ts'
import type { ThreadFunctions, ThreadStart } from './thread.ts'

/** Under Node the sources run as they are; a bundle has the thread beside it as run-thread.js. */
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './run-thread.js', import.meta.url),
)

interface Thread {
  readonly worker: Worker
  readonly functions: BirpcReturn<ThreadFunctions>
  /** Why it answers no more. */
  ended?: LabError
}

/** Threads that train the runs of an experiment side by side; runs are named by their index in the job. */
export class Threads {
  readonly #threads: readonly Thread[]
  /** By run. */
  readonly #of: readonly Thread[]

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

  private constructor(job: Job, shares: readonly Share[]) {
    this.#threads = shares.map(({ threads }) => startThread({ job, threads }))
    this.#of = job.spec.cells.map((_, run) => {
      return this.#threads[shares.findIndex(({ runs }) => runs.includes(run))] as Thread
    })
  }

  /** What it throws is in what it returns; `engine-died` where the thread has ended, and the run's state with it. */
  async update(run: number, wanted: Wanted): Promise<Updated> {
    try {
      return await this.#ask(run, (functions) => functions.update(run, wanted))
    } catch (error) {
      return { moments: [], failure: errorData(error) }
    }
  }

  restore(run: number, state: Snapshot): Promise<void> {
    return this.#ask(run, (functions) => functions.restore(run, state))
  }

  snapshot(run: number): Promise<Snapshot> {
    return this.#ask(run, (functions) => functions.snapshot(run))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  async #ask<T>(run: number, ask: (functions: Thread['functions']) => Promise<T>): Promise<T> {
    const thread = this.#of[run] as Thread
    try {
      return await ask(thread.functions)
    } catch (error) {
      throw thread.ended ?? error
    }
  }
}

function startThread(start: ThreadStart): Thread {
  const worker = new Worker(entry, { workerData: start, execArgv: ['--no-warnings'] })
  const functions = createBirpc<ThreadFunctions>(
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
  // It lives as long as somebody waits for it, and keeps nothing alive.
  worker.unref()
  return thread
}
