import type { Random } from '../random.ts'

/** The seven symbols of Reber's grammar; a symbol's id is its place. */
export const symbols = ['B', 'T', 'P', 'S', 'X', 'V', 'E'] as const
export type Letter = (typeof symbols)[number]

/** For each state the arcs that leave it, all equally likely; 0 is the first state, the last one ends a string. */
export type Arcs = readonly (readonly (readonly [letter: Letter, next: number])[])[]

/** Reber (1967), with B before and E after, as in Cleeremans, Servan-Schreiber & McClelland (1989). */
export const reberArcs: Arcs = [
  [['B', 1]],
  [
    ['T', 2],
    ['P', 3],
  ],
  [
    ['S', 2],
    ['X', 4],
  ],
  [
    ['T', 3],
    ['V', 5],
  ],
  [
    ['X', 3],
    ['S', 6],
  ],
  [
    ['P', 4],
    ['V', 6],
  ],
  [['E', 7]],
  [],
]

/**
 * The embedded grammar (Cleeremans et al. 1989; Fahlman 1991): B, then T or P, a whole string of `inner`,
 * the same T or P again, E. Both branches hold the same inner strings, so nothing between the two tells
 * which of them it was.
 */
export function embed(inner: Arcs): Arcs {
  const branch = (offset: number, letter: Letter, after: number): Arcs =>
    inner.map((arcs) =>
      arcs.length ? arcs.map(([read, next]) => [read, next + offset] as const) : [[letter, after] as const],
    )
  const first = 2
  const second = first + inner.length
  const after = second + inner.length
  return [
    [['B', 1]],
    [
      ['T', first],
      ['P', second],
    ],
    ...branch(first, 'T', after),
    ...branch(second, 'P', after),
    [['E', after + 1]],
    [],
  ]
}

/** An arc with its letter's id. */
interface Step {
  readonly id: number
  readonly next: number
}

/** `[n][state]`: what the strings are worth together that reach `state` with n symbols, each with its chance. */
type Worth = readonly Float64Array[]

/** Strings of a grammar that have at most `longest` symbols: longer ones are drawn again, as it were. */
export class Grammar {
  readonly #arcs: readonly (readonly Step[])[]
  readonly #endings: Worth
  readonly #weights: Worth

  /** Throws RangeError where even the shortest string has more symbols than `longest`. */
  constructor(arcs: Arcs, longest: number) {
    this.#arcs = arcs.map((leaving) => leaving.map(([letter, next]) => ({ id: symbols.indexOf(letter), next })))
    this.#endings = this.#worth(longest, () => 1)
    this.#weights = this.#worth(longest, (length) => 1 / (length - 1))
    if (this.#endings[0]?.[0] === 0) throw new RangeError(`no string has at most ${longest} symbols`)
  }

  /** One string, as symbol ids. An arc's chance is in proportion to how likely the string then ends in time. */
  draw(random: Random): number[] {
    const string: number[] = []
    let leaving = this.#leaving(0)
    while (leaving.length) {
      const shares = this.#shares(this.#endings, leaving, string.length)
      let point = random.uniform()
      const taken = shares.findIndex((share) => {
        point -= share
        return point < 0
      })
      // -1, the last one, where rounding leaves a rest.
      const { id, next } = leaving.at(taken) as Step
      string.push(id)
      leaving = this.#leaving(next)
    }
    return string
  }

  /** For each symbol of a string, its chance after those before it. Throws RangeError for an illegal string. */
  chances(string: readonly number[]): number[] {
    return this.#along(string, this.#endings)
  }

  /**
   * For each symbol of a string, the share that the best answer gives it: the one with the least expected
   * loss, cross-entropy averaged over the steps of a string and then over strings. A step of a short string
   * weighs more in it, so the best answer leans towards the symbols that lead to the end.
   */
  bestShares(string: readonly number[]): number[] {
    return this.#along(string, this.#weights)
  }

  /** For each symbol of a string, the ids that the grammar allows in its place. */
  allowed(string: readonly number[]): number[][] {
    return this.#walk(string).map(({ leaving }) => leaving.map(({ id }) => id))
  }

  #along(string: readonly number[], worth: Worth): number[] {
    return this.#walk(string).map(
      ({ leaving, taken }, at) => this.#shares(worth, leaving, at)[leaving.indexOf(taken)] as number,
    )
  }

  #walk(string: readonly number[]): { leaving: readonly Step[]; taken: Step }[] {
    let leaving = this.#leaving(0)
    return string.map((id, at) => {
      const taken = leaving.find((arc) => arc.id === id)
      if (!taken) throw new RangeError(`symbol ${at + 1}, ${symbols[id]}, is not allowed there`)
      const step = { leaving, taken }
      leaving = this.#leaving(taken.next)
      return step
    })
  }

  #leaving(state: number): readonly Step[] {
    return this.#arcs[state] as readonly Step[]
  }

  /** The part of each arc in what they are worth together, after `read` symbols. */
  #shares(worth: Worth, leaving: readonly Step[], read: number): number[] {
    const values = leaving.map(({ next }) => worth[read + 1]?.[next] as number)
    const all = values.reduce((sum, value) => sum + value, 0)
    return values.map((value) => value / all)
  }

  /** Backwards from the longest strings; a string that ends with n symbols is worth `ofLength(n)`. */
  #worth(longest: number, ofLength: (symbols: number) => number): Worth {
    const rows: Float64Array[] = []
    for (let read = longest; read >= 0; read--) {
      const after = rows[read + 1]
      const mean = (leaving: readonly Step[]) =>
        after ? leaving.reduce((sum, { next }) => sum + (after[next] as number), 0) / leaving.length : 0
      rows[read] = Float64Array.from(this.#arcs, (leaving) => (leaving.length ? mean(leaving) : ofLength(read)))
    }
    return rows
  }
}
