/** Time steps on whole pixels: never a fraction of a pixel a step, several steps a pixel when they are too many. */
export interface Columns {
  readonly steps: number
  /** Time steps in one column. */
  readonly per: number
  /** Pixels of one column. */
  readonly pixels: number
  readonly count: number
  readonly width: number
}

export function columnsFor(steps: number, available: number, widest = 40): Columns {
  const room = Math.max(1, Math.floor(available))
  const per = Math.ceil(steps / room)
  const count = Math.ceil(steps / per)
  const pixels = Math.max(1, Math.min(widest, Math.floor(room / count)))
  return { steps, per, pixels, count, width: count * pixels }
}

/** Left edge of a time step (0-based; `steps` gives the right edge of the last). */
export const edgeOf = (columns: Columns, step: number): number => (step / columns.per) * columns.pixels

/** Middle of a time step's column. */
export const middleOf = (columns: Columns, step: number): number =>
  columns.per === 1 ? (step + 0.5) * columns.pixels : (Math.floor(step / columns.per) + 0.5) * columns.pixels

/** Time step under a pixel, clamped to the sequence. */
export function stepAt(columns: Columns, x: number): number {
  const column = Math.min(columns.count - 1, Math.max(0, Math.floor(x / columns.pixels)))
  return Math.min(columns.steps - 1, column * columns.per)
}

/** Time steps (0-based) that get a number on a ruler: the first, the last and round ones between. */
export function rulerSteps(columns: Columns, everyPixels = 46): number[] {
  const { steps } = columns
  const every =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => edgeOf(columns, n) >= everyPixels) ?? steps
  const marks = [0]
  for (let t = every; t < steps; t += every) {
    const clear = Math.min(edgeOf(columns, t - 1), edgeOf(columns, steps - t))
    if (clear >= everyPixels * 0.6) marks.push(t - 1)
  }
  if (steps > 1) marks.push(steps - 1)
  return marks
}
