import type { GateTelemetry } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Moment } from '../../engine/protocol.ts'

/** Moments kept of a run at most. */
const maxMoments = 64

/** Bytes that the parameters of a run's moments may take; where one takes more than a quarter, four are kept. */
const maxBytes = 64 * 1024 * 1024

/** How many moments can have their parameters, of `bytes` each. */
export const momentsOf = (bytes: number): number => Math.max(4, Math.min(maxMoments, Math.floor(maxBytes / bytes)))

/**
 * The steps to let go of, so that at most `limit` stay: each time the one whose neighbours are closest to each
 * other. The first and the last always stay, and the rest lie about evenly, however they came. `steps` ascend.
 */
export function surplusSteps(steps: readonly number[], limit = maxMoments): number[] {
  const kept = [...steps]
  const dropped: number[] = []
  while (kept.length > limit) {
    let closest = 1
    for (let k = 1; k < kept.length - 1; k++) {
      const gap = (at: number) => (kept[at + 1] as number) - (kept[at - 1] as number)
      if (gap(k) < gap(closest)) closest = k
    }
    dropped.push(...kept.splice(closest, 1))
  }
  return dropped
}

/** What moments say of gates, on one axis of training steps: every array with it in front. */
export function stackGates(moments: readonly Pick<Moment, 'step' | 'gates'>[]): GateTelemetry['runs'][number] {
  const names = Object.keys(moments[0]?.gates ?? {})
  return {
    step: Int32Array.from(moments, ({ step }) => step),
    arrays: Object.fromEntries(
      names.map((name) => {
        const rows = moments.map(({ gates }) => gates[name]?.data ?? new Float32Array())
        const shape = [moments.length, ...(moments[0]?.gates[name]?.shape ?? [])]
        return [name, ndarray(shape, Float32Array.from(rows.flatMap((row) => [...row])))]
      }),
    ),
  }
}
