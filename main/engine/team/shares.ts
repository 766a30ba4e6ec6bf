/** Runs that one thread trains in turns, and how many threads it may compute with. */
export interface Share {
  readonly runs: readonly number[]
  readonly threads: number
}

/**
 * Divides `threads` among runs that cost so much each, so that the slowest share is as fast as it can be: by the
 * longest first (Graham 1969), where there are fewer threads than runs; else by one more for whoever has most to do
 * for each it has.
 */
export function sharesOf(costs: readonly number[], threads: number): Share[] {
  const shares = Array.from({ length: Math.min(threads, costs.length) }, () => ({
    runs: [] as number[],
    threads: 1,
    cost: 0,
  }))
  const least = (of: (share: (typeof shares)[number]) => number) => shares.reduce((a, b) => (of(b) < of(a) ? b : a))
  const longestFirst = costs.map((cost, run) => ({ cost, run })).sort((a, b) => b.cost - a.cost)
  for (const { cost, run } of longestFirst) {
    const share = least((share) => share.cost)
    share.runs.push(run)
    share.cost += cost
  }
  for (let left = threads - shares.length; left > 0; left--) least(({ cost, threads }) => -cost / threads).threads += 1
  return shares.map(({ runs, threads }) => ({ runs, threads }))
}
