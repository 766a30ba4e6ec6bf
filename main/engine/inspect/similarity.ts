/** Values of some units over the steps of one example, [T, units] row by row. */
export class Trajectory {
  readonly units: number
  readonly values: Float32Array

  constructor(units: number, values: Float32Array) {
    this.units = units
    this.values = values
  }

  get steps(): number {
    return this.values.length / this.units
  }

  slice(from: number, to: number): Trajectory {
    return new Trajectory(this.units, this.values.slice(from * this.units, to * this.units))
  }
}

/** How a trajectory is put in standard deviations from the mean, unit by unit, both over all of `seen`. */
export function standardise(seen: readonly Trajectory[]): (trajectory: Trajectory) => Trajectory {
  const units = seen[0]?.units ?? 1
  const sums = new Float64Array(units)
  const squares = new Float64Array(units)
  let steps = 0
  for (const { values, steps: own } of seen) {
    steps += own
    for (const [k, value] of values.entries()) sums[k % units] = (sums[k % units] as number) + value
  }
  const means = sums.map((sum) => sum / steps)
  for (const { values } of seen) {
    for (const [k, value] of values.entries()) {
      squares[k % units] = (squares[k % units] as number) + (value - (means[k % units] as number)) ** 2
    }
  }
  // A unit that never moves tells nothing.
  const scales = squares.map((sum) => (sum > 0 ? 1 / Math.sqrt(sum / steps) : 0))
  return ({ values }) =>
    new Trajectory(
      units,
      values.map((value, k) => (value - (means[k % units] as number)) * (scales[k % units] as number)),
    )
}

/** Products that are added up between two pauses. */
const untilPause = 2 ** 21

/**
 * Where `stretch` is most alike to parts of a trajectory, by cosine similarity: at most `limit` places that do
 * not overlap, the best first. `own`: where the stretch itself begins in it, which is no place. `pause` is waited
 * for every few milliseconds.
 */
export async function bestPlaces(
  stretch: Trajectory,
  { units, values, steps }: Trajectory,
  limit: number,
  own?: number,
  pause: () => Promise<void> = async () => {},
): Promise<{ readonly from: number; readonly score: number }[]> {
  const size = stretch.values.length
  const length = norm(stretch.values, 0, size)
  const scores: { from: number; score: number }[] = []
  const rarely = Math.ceil(untilPause / size)
  for (let from = 0; from + stretch.steps <= steps; from++) {
    if (from % rarely === rarely - 1) await pause()
    const start = from * units
    let product = 0
    for (let k = 0; k < size; k++) product += (stretch.values[k] as number) * (values[start + k] as number)
    const both = length * norm(values, start, size)
    scores.push({ from, score: both > 0 ? Math.max(-1, Math.min(1, product / both)) : 0 })
  }
  const overlaps = (from: number, other: number) => Math.abs(from - other) < stretch.steps
  const chosen: { from: number; score: number }[] = []
  for (const place of scores.sort((a, b) => b.score - a.score)) {
    if (chosen.length === limit) break
    if (own !== undefined && overlaps(place.from, own)) continue
    if (!chosen.some(({ from }) => overlaps(place.from, from))) chosen.push(place)
  }
  return chosen
}

function norm(values: Float32Array, from: number, size: number): number {
  let sum = 0
  for (let k = from; k < from + size; k++) sum += (values[k] as number) ** 2
  return Math.sqrt(sum)
}
