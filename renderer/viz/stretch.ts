/** A stretch of time steps, 0-based: from `from` up to, not including, `to`. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Fewer time steps than this are not shown alone. */
const fewest = 8

export const whole = (steps: number): Stretch => ({ from: 0, to: steps })

export const isWhole = (shown: Stretch, steps: number): boolean => shown.from <= 0 && shown.to >= steps

/** The stretch of `size` steps that begins nearest to `from` and lies inside the sequence. */
function placed(from: number, size: number, steps: number): Stretch {
  const start = Math.max(0, Math.min(steps - size, Math.round(from)))
  return { from: start, to: start + size }
}

const sizeWithin = (size: number, steps: number) => Math.max(Math.min(fewest, steps), Math.min(steps, size))

/** `factor` times as many steps (at least one more or fewer), with the step `at` where it was. */
export function zoomed(shown: Stretch, steps: number, at: number, factor: number): Stretch {
  const before = shown.to - shown.from
  const asked =
    factor < 1 ? Math.min(before - 1, Math.round(before * factor)) : Math.max(before + 1, Math.round(before * factor))
  const size = sizeWithin(asked, steps)
  return placed(at - ((at - shown.from) / before) * size, size, steps)
}

export const moved = (shown: Stretch, steps: number, by: number): Stretch =>
  placed(shown.from + by, shown.to - shown.from, steps)

/** One edge drawn to a step; the other stays, and pushes back where too little would be left. */
export function resized(shown: Stretch, steps: number, edge: 'from' | 'to', at: number): Stretch {
  const least = Math.min(fewest, steps)
  const to = Math.round(at)
  return edge === 'from'
    ? { from: Math.max(0, Math.min(shown.to - least, to)), to: shown.to }
    : { from: shown.from, to: Math.min(steps, Math.max(shown.from + least, to)) }
}

/** As it is where the step is inside; else moved just as far as brings it in. */
export function including(shown: Stretch, steps: number, step: number): Stretch {
  if (step < shown.from) return moved(shown, steps, step - shown.from)
  return step >= shown.to ? moved(shown, steps, step - shown.to + 1) : shown
}
