/** Whole numbers from `from` to `to`, both included. */
export interface Bin {
  readonly from: number
  readonly to: number
}

/**
 * At most about `atMost` ranges over whole numbers, each value its own where they are few. None reaches across
 * `border`: what was trained on and what lies beyond it are not mixed.
 */
export function binsOf(values: ArrayLike<number>, atMost = 10, border = Infinity): Bin[] {
  const present = [...new Set(Array.from(values))].sort((a, b) => a - b)
  if (present.length <= atMost) return present.map((value) => ({ from: value, to: value }))
  const [min, max] = [present[0] as number, present.at(-1) as number]
  const width = Math.ceil((max - min + 1) / atMost)
  const bins: Bin[] = []
  for (let from = min; from <= max; ) {
    const end = Math.min(max, from + width - 1)
    const to = from <= border && end > border ? border : end
    if (present.some((value) => value >= from && value <= to)) bins.push({ from, to })
    from = to + 1
  }
  return bins
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
