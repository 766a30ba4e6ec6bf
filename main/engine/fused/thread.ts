import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Barrier } from './barrier.ts'
import { loadKernels, type SharedMemory, type Variant } from './kernels.ts'
import type { Plan } from './plan.ts'
import { runPlan } from './run.ts'

/** What a thread is told when it starts. */
export interface ThreadStart {
  /** From 1. */
  readonly index: number
  readonly file: Variant
  readonly memory: SharedMemory
  /** Where its kernels may keep what they pack. */
  readonly scratch: number
  readonly shared: SharedArrayBuffer
  readonly plans: MessagePort
}

/** What it is told then, by a message that waits when its bell rings. */
export interface ThreadTask {
  readonly plan: Plan
  /** How many lanes work on it. */
  readonly count: number
}

/** A thread of the engine: computes its lane of every pass that it is told of, and sleeps in between. */
const { index, file, memory, scratch, shared, plans } = workerData as ThreadStart
const { kernels } = await loadKernels({ only: file, memory })
kernels.useScratch(scratch)
const barrier = new Barrier(shared)
parentPort?.postMessage('ready')

for (let heard = 0; ; ) {
  heard = barrier.listen(index, heard)
  for (let received = receiveMessageOnPort(plans); received; received = receiveMessageOnPort(plans)) {
    const { plan, count } = received.message as ThreadTask
    try {
      const meet = () => barrier.meet(count)
      runPlan(kernels, plan, { index, count, meet })
      meet()
    } catch {
      barrier.fail()
    }
  }
}
