import { type Stretch, whole } from './stretch.ts'

/**
 * Time steps on whole pixels: never a fraction of a pixel a step, several steps a column when they are too many.
 * Every chart of a screen is drawn on the same columns.
 */
export interface Columns {
  /** Time steps of the whole sequence. */
  readonly steps: number
  /** The stretch that is shown: from `first` up to, not including, `end`. */
  readonly first: number
  readonly end: number
  /** Time steps in one column. */
  readonly per: number
  /** Pixels of one column. */
  readonly pixels: number
  readonly count: number
  readonly width: number
}

export function columnsFor(steps: number, available: number, widest = 40, shown: Stretch = whole(steps)): Columns {
  const room = Math.max(1, Math.floor(available))
  const per = Math.max(1, Math.ceil((shown.to - shown.from) / room))
  // Steps share columns the same way wherever the stretch begins: what is moved does not flicker.
  const first = Math.floor(shown.from / per) * per
  const count = Math.min(room, Math.ceil((shown.to - first) / per))
  const end = Math.min(steps, first + count * per)
  const pixels = Math.max(1, Math.min(widest, Math.floor(room / count)))
  return { steps, first, end, per, pixels, count, width: count * pixels }
}

/** The time steps of a column: from the first up to, not including, the second. */
export function stepsIn(columns: Columns, column: number): readonly [from: number, to: number] {
  const from = columns.first + column * columns.per
  return [from, Math.min(columns.end, from + columns.per)]
}

/** Column of a time step; outside 0 to `count` - 1 where it is not shown. */
export const columnOf = (columns: Columns, step: number): number => Math.floor((step - columns.first) / columns.per)

/** Left edge of a time step (0-based; `end` gives the right edge of the last). */
export const edgeOf = (columns: Columns, step: number): number =>
  ((step - columns.first) / columns.per) * columns.pixels

/** Middle of a time step's column. */
export const middleOf = (columns: Columns, step: number): number => (columnOf(columns, step) + 0.5) * columns.pixels

/** Time step under a pixel, clamped to what is shown. */
export function stepAt(columns: Columns, x: number): number {
  const column = Math.min(columns.count - 1, Math.max(0, Math.floor(x / columns.pixels)))
  return Math.min(columns.end - 1, columns.first + column * columns.per)
}

/** Time steps (0-based) that get a number on a ruler: the first shown, the last and round ones between. */
export function rulerSteps(columns: Columns, everyPixels = 46): number[] {
  const { first, end } = columns
  const pixelsOf = (steps: number) => (steps / columns.per) * columns.pixels
  const every =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((n) => pixelsOf(n) >= everyPixels) ?? columns.steps
  const marks = [first]
  for (let t = Math.ceil((first + 1) / every) * every; t < end; t += every) {
    const clear = Math.min(pixelsOf(t - 1 - first), pixelsOf(end - t))
    if (clear >= everyPixels * 0.6) marks.push(t - 1)
  }
  if (end - first > 1) marks.push(end - 1)
  return marks
}
