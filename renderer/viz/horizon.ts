/** Share of the last step's flow below which the learning signal counts as gone. */
export const horizonThreshold = 0.01

/** Time steps that a row of flow(t) has: it begins with NaN where no example of its batch is so long. */
export function stepsOf(row: Float32Array): number {
  const first = row.findIndex((value) => !Number.isNaN(value))
  return first < 0 ? 0 : row.length - first
}

/**
 * Memory horizon of one row of flow(t): steps back until it first drops below 1% of its value at
 * the last step; all steps it has when it never does; NaN when the last value is 0 or not finite.
 */
export function memoryHorizon(row: Float32Array): number {
  const last = row[row.length - 1] ?? Number.NaN
  if (!(last > 0) || !Number.isFinite(last)) return Number.NaN
  const floor = last * horizonThreshold
  const steps = stepsOf(row)
  for (let back = 1; back < steps; back += 1) {
    if ((row[row.length - 1 - back] as number) < floor) return back
  }
  return steps
}
