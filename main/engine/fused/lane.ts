import { type ForwardPlan, timeOf, totalOf } from './plan.ts'

/** One of the threads that work on a pass together. */
export interface Lane {
  /** 0 is the thread that training runs in. */
  readonly index: number
  readonly count: number
  /** Returns when every lane has come to this point. */
  meet(): void
}

export const alone: Lane = { index: 0, count: 1, meet() {} }

export type Range = readonly [from: number, to: number]

/** The lane's part of `count` things, cut at multiples of four: kernels work on four rows or columns at once. */
export function partOf(count: number, { index, count: lanes }: Lane): Range {
  const cut = (lane: number) => (lane === lanes ? count : Math.min(count, Math.round((count * lane) / lanes / 4) * 4))
  return [cut(index), cut(index + 1)]
}

/**
 * The lane's part of the examples, by their places within a step, so that every lane has about as many steps:
 * the longest examples come first.
 */
export function examplesOf(plan: ForwardPlan, { index, count: lanes }: Lane): Range {
  const { batch, starts } = plan
  const cut = (lane: number): number => {
    if (lane === 0 || lane === lanes) return lane === 0 ? 0 : batch
    const wanted = (totalOf(plan) * lane) / lanes
    let [best, least] = [0, Number.POSITIVE_INFINITY]
    for (let place = 0; place <= batch; place += 4) {
      let steps = 0
      for (let t = 0; t < timeOf(plan); t++) {
        steps += Math.min(place, (starts[t + 1] as number) - (starts[t] as number))
      }
      const off = Math.abs(steps - wanted)
      if (off < least) [best, least] = [place, off]
    }
    return best
  }
  return [cut(index), cut(index + 1)]
}
