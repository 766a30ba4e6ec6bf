import { parentPort, workerData } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { wasm } from '../backends/wasm.ts'
import type { Job, Snapshot } from '../protocol.ts'
import { type Member, openJob, type Updated, type Wanted } from './member.ts'

/** What a thread is told when it starts. */
export interface RunThreadStart {
  readonly job: Job
  /** Threads it may compute with, its own among them. */
  readonly threads: number
}

/** What it is asked for then; runs by their index in the job. */
export interface RunThreadFunctions {
  /** Resolves when it can train. */
  start(): Promise<void>
  /** Takes a run over, in a state of its. */
  take(run: number, state: Snapshot): Promise<void>
  update(run: number, wanted: Wanted): Promise<Updated>
  snapshot(run: number): Promise<Snapshot>
}

/** A thread of the engine that trains some of an experiment's runs, on the built-in engine. */
const { job, threads } = workerData as RunThreadStart
const opened = wasm.start({ threads }).then(({ compute }) => openJob(compute, job))
const members = new Map<number, Member>()
const member = (run: number) => members.get(run) as Member

const functions: RunThreadFunctions = {
  start: async () => void (await opened),
  take: async (run, state) => void members.set(run, (await opened).member(run, state)),
  update: async (run, wanted) => member(run).update(wanted),
  snapshot: async (run) => member(run).snapshot(),
}

createBirpc<object, RunThreadFunctions>(functions, {
  post: (message) => parentPort?.postMessage(message),
  on: (receive) => parentPort?.on('message', receive),
})
