/** Runs that one thread trains in turns, and how many threads it may compute with. */
export interface Share {
  readonly runs: readonly number[]
  readonly threads: number
}

/**
 * Divides `threads` among runs that cost so much each, so that the slowest share is as fast as it can be: the longest
 * first, each to whoever has least (Graham 1969); and where there are more threads than runs, one more each time to
 * whoever has most to do for every thread it has.
 */
export function sharesOf(costs: readonly (readonly [run: number, cost: number])[], threads: number): Share[] {
  const shares = Array.from({ length: Math.min(threads, costs.length) }, () => ({
    runs: [] as number[],
    threads: 1,
    cost: 0,
  }))
  const least = (of: (share: (typeof shares)[number]) => number) => shares.reduce((a, b) => (of(b) < of(a) ? b : a))
  for (const [run, cost] of costs.toSorted(([, a], [, b]) => b - a)) {
    const share = least(({ cost }) => cost)
    share.runs.push(run)
    share.cost += cost
  }
  for (let left = threads - shares.length; left > 0; left--) least(({ cost, threads }) => -cost / threads).threads += 1
  return shares.map(({ runs, threads }) => ({ runs, threads }))
}
