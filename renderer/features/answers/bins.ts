/** Whole numbers from `from` to `to`, both included. */
export interface Bin {
  readonly from: number
  readonly to: number
}

/**
 * About `atMost` ranges over whole numbers, each value its own where they are few. None reaches across
 * `border`: what was trained on and what lies beyond it are not mixed.
 */
export function binsOf(values: ArrayLike<number>, atMost = 10, border = Infinity): Bin[] {
  const present = [...new Set(Array.from(values))].sort((a, b) => a - b)
  if (present.length <= atMost) return present.map((value) => ({ from: value, to: value }))
  const [min, max] = [present[0] as number, present.at(-1) as number]
  const parts = min <= border && border < max ? [even(min, border), even(border + 1, max)] : [even(min, max)]
  return parts.flat().filter(({ from, to }) => present.some((value) => value >= from && value <= to))

  /** As many ranges as this part's share of them all, as wide as one another or one apart. */
  function even(from: number, to: number): Bin[] {
    const count = Math.max(1, Math.round((atMost * (to - from + 1)) / (max - min + 1)))
    const edge = (k: number) => from + Math.round((k * (to - from + 1)) / count)
    return Array.from({ length: count }, (_, k) => ({ from: edge(k), to: edge(k + 1) - 1 }))
  }
}

/** How often one run is right on the examples of a bin. */
export interface Share {
  readonly count: number
  readonly right: number
  /** Ends of its 95 % interval. */
  readonly low: number
  readonly high: number
}

/** `tags` sorts the examples, `scores` says of each how far it was answered rightly, 0 to 1; NaN of none. */
export function shareIn({ from, to }: Bin, tags: ArrayLike<number>, scores: ArrayLike<number>): Share {
  let count = 0
  let sum = 0
  for (let k = 0; k < tags.length; k += 1) {
    const tag = tags[k] as number
    if (tag < from || tag > to) continue
    count += 1
    sum += scores[k] as number
  }
  return { count, right: sum / count, ...wilson(sum / count, count) }
}

/** Normal quantile of 97.5 %. */
const z = 1.959964

/**
 * The 95 % score interval of a share of `count` (Wilson 1927). Of scores between 0 and 1 it is at least as wide
 * as it has to be: none vary more than those that are one or the other.
 */
export function wilson(share: number, count: number): { readonly low: number; readonly high: number } {
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half = (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + (z / (2 * count)) ** 2)
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
