import type { Random } from '../random.ts'
import { pick, split } from './sentences.ts'

type Words = readonly string[]

/** Clauses that can be strung together to an exact number of words. */
export interface Fillers {
  /** Every word of every clause. */
  readonly words: Words
  /** Whether some clauses add up to exactly `length` words; 0 needs none. */
  reaches(length: number): boolean
  /**
   * Random clauses of `length` words in all; none comes again while others fit. Throws RangeError where
   * none add up.
   */
  draw(random: Random, length: number): Words[]
}

export function fillers(texts: readonly string[]): Fillers {
  const units = texts.map(split)
  const reachable = [true]
  const reaches = (length: number): boolean => {
    for (let n = reachable.length; n <= length; n++) {
      reachable.push(units.some((unit) => reachable[n - unit.length] ?? false))
    }
    return reachable[length] ?? false
  }
  const draw = (random: Random, length: number): Words[] => {
    if (!reaches(length)) throw new RangeError(`no clauses add up to ${length} words`)
    const drawn: Words[] = []
    const used = new Set<Words>()
    for (let left = length; left > 0; ) {
      const fitting = units.filter((unit) => reaches(left - unit.length))
      if (fitting.every((unit) => used.has(unit))) used.clear()
      const unit = pick(
        random,
        fitting.filter((other) => !used.has(other)),
      )
      drawn.push(unit)
      used.add(unit)
      left -= unit.length
    }
    return drawn
  }
  return { words: units.flat(), reaches, draw }
}

/** The same list in a random order (Fisher & Yates 1938). */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const order = [...list]
  for (let k = order.length - 1; k > 0; k--) {
    const other = random.integer(k + 1)
    const kept = order[k] as T
    order[k] = order[other] as T
    order[other] = kept
  }
  return order
}
