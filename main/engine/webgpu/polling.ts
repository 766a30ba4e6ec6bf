/** Looks once whether what was asked of the device is done. */
export type Poll = () => void

/** A device, and how to wait for it without going back to the event loop. */
export interface PolledDevice {
  readonly device: GPUDevice
  readonly poll: Poll
}

/**
 * Asks an adapter for a device with all the room and reach it has. Dawn looks for what is done in a function that it
 * hands to `setImmediate` whenever a promise is open; here that function is kept, to be called at any time. Undefined
 * where this Dawn has none.
 */
export async function openDevice(adapter: GPUAdapter): Promise<PolledDevice | undefined> {
  const { limits } = adapter
  const requiredLimits = {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
    maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
  }
  const queued: Poll[] = []
  const opening = withImmediatesIn(queued, () => adapter.requestDevice({ requiredLimits }))
  for (const look of queued) setImmediate(look)
  const device = await opening
  const [poll] = queued
  return poll && { device, poll }
}

/** Polls until `isDone`, or for `patience` milliseconds; returns whether it is. */
export function pollUntil(poll: Poll, isDone: () => boolean, patience: number): boolean {
  const end = performance.now() + patience
  const queued: Poll[] = []
  withImmediatesIn(queued, () => {
    for (let round = 0; !isDone() && performance.now() < end; round++) {
      // A GPU answers within some rounds. A software device needs the core that this thread would keep busy.
      if (round > eagerRounds) Atomics.wait(nobody, 0, 0, 0.05)
      poll()
    }
  })
  // Promises of others are still open: they are looked after as before.
  if (queued.length > 0) setImmediate(poll)
  return isDone()
}

const eagerRounds = 20
const nobody = new Int32Array(new SharedArrayBuffer(4))

/** What a synchronous call hands to `setImmediate` is put into `queued` and not run. */
function withImmediatesIn<T>(queued: Poll[], call: () => T): T {
  const { setImmediate } = globalThis
  globalThis.setImmediate = ((look: Poll) => void queued.push(look)) as unknown as typeof setImmediate
  try {
    return call()
  } finally {
    globalThis.setImmediate = setImmediate
  }
}
