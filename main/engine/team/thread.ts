import { parentPort, workerData } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { wasm } from '../backends/wasm.ts'
import type { Job, Snapshot } from '../protocol.ts'
import { type Member, openJob, type Updated, type Wanted } from './member.ts'

/** What a thread is told when it starts. */
export interface ThreadStart {
  readonly job: Job
  /** Threads it may compute with, its own among them. */
  readonly threads: number
}

/** What it is asked for then; runs by their index in the job. */
export interface ThreadFunctions {
  /** Resolves when it can train. */
  start(): Promise<void>
  restore(run: number, state: Snapshot): Promise<void>
  update(run: number, wanted: Wanted): Promise<Updated>
  snapshot(run: number): Promise<Snapshot>
}

/** A thread of the engine that trains some of an experiment's runs, on the built-in engine. */
const { job, threads } = workerData as ThreadStart
const opened = wasm.start({ threads }).then(({ compute }) => openJob(compute, job).members)
const member = async (run: number): Promise<Member> => (await opened)[run] as Member

const functions: ThreadFunctions = {
  start: async () => void (await opened),
  restore: async (run, state) => (await member(run)).restore(state),
  update: async (run, wanted) => (await member(run)).update(wanted),
  snapshot: async (run) => (await member(run)).snapshot(),
}

createBirpc<object, ThreadFunctions>(functions, {
  post: (message) => parentPort?.postMessage(message),
  on: (receive) => parentPort?.on('message', receive),
})
