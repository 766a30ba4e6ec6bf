import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { Barrier } from './barrier.ts'
import { type Kernels, type Loaded, scratchBytes } from './kernels.ts'
import { alone } from './lane.ts'
import type { Plan } from './plan.ts'
import { runPlan } from './run.ts'
import type { ThreadStart, ThreadTask } from './thread.ts'

export interface LaneOptions {
  /** The caller's own among them. */
  readonly threads: number
  /** Multiply-adds from which on another thread is woken: that and meeting twice cost about a tenth of them. */
  readonly worthAThread?: number
}

/** The threads that work on a pass together; the caller's own is the first. */
export interface Lanes {
  /** Most there are. */
  readonly count: number
  /** How many will work on a pass of `batch` examples and so many multiply-adds. */
  countFor(batch: number, multiplyAdds: number): number
  /** Runs a pass to its end in `count` lanes. */
  run(plan: Plan, count: number): void
  /** Ends the threads. */
  stop(): Promise<void>
}

/** Under Node the sources run as they are; a bundle has the thread beside it as thread.js. */
const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url))

/**
 * Starts the threads beside the caller's own, which then wait. `scratch` gives room in the kernels' memory.
 */
export async function startLanes(
  { kernels, file, memory }: Loaded,
  { threads, worthAThread = 1_000_000 }: LaneOptions,
  scratch: (bytes: number) => number,
): Promise<Lanes> {
  kernels.useScratch(scratch(scratchBytes))
  const barrier = new Barrier(threads)
  const others: { worker: Worker; port: MessagePort }[] = []
  for (let index = 1; index < threads; index++) {
    const { port1: port, port2: plans } = new MessageChannel()
    const start: ThreadStart = { index, file, memory, scratch: scratch(scratchBytes), shared: barrier.shared, plans }
    const worker = new Worker(entry, { workerData: start, transferList: [plans], execArgv: ['--no-warnings'] })
    others.push({ worker, port })
  }
  const ready = await Promise.allSettled(others.map(({ worker }) => once(worker, 'message')))
  if (ready.some(({ status }) => status === 'rejected')) {
    // A system that gives no threads still computes, in one.
    await Promise.all(others.map(({ worker }) => worker.terminate()))
    others.length = 0
  }
  // They wait for as long as there is something to compute for, and keep nothing alive.
  for (const { worker, port } of others) {
    worker.unref()
    port.unref()
  }
  return {
    count: 1 + others.length,
    countFor: (batch, multiplyAdds) =>
      Math.max(1, Math.min(1 + others.length, Math.floor(batch / 4), Math.floor(multiplyAdds / worthAThread))),
    run: (plan, count) => runLanes(kernels, barrier, others, plan, count),
    stop: async () => void (await Promise.all(others.map(({ worker }) => worker.terminate()))),
  }
}

function runLanes(
  kernels: Kernels,
  barrier: Barrier,
  others: readonly { readonly port: MessagePort }[],
  plan: Plan,
  count: number,
): void {
  if (count === 1) {
    runPlan(kernels, plan, alone)
    return
  }
  const task: ThreadTask = { plan, count }
  for (let index = 1; index < count; index++) {
    others[index - 1]?.port.postMessage(task)
    barrier.ring(index)
  }
  const meet = () => barrier.meet(count)
  runPlan(kernels, plan, { index: 0, count, meet })
  meet()
}
