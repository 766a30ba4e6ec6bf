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

/** Share of right answers among the examples of a bin, and how many these are; NaN of none. */
export function shareIn(
  { from, to }: Bin,
  tags: ArrayLike<number>,
  targets: ArrayLike<number>,
  answers: ArrayLike<number>,
): { readonly count: number; readonly right: number } {
  let count = 0
  let right = 0
  for (let k = 0; k < tags.length; k += 1) {
    const tag = tags[k] as number
    if (tag < from || tag > to) continue
    count += 1
    if (targets[k] === answers[k]) right += 1
  }
  return { count, right: right / count }
}
