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

/**
 * Strings of a grammar that have at most `longest` symbols, as if longer ones were drawn again: an arc's
 * chance is then in proportion to how likely the string still ends in time behind it.
 */
export class Grammar {
  readonly #arcs: readonly (readonly { readonly id: number; readonly next: number }[])[]
  readonly #longest: number
  /** `ends[n][state]`: chance that a free walk from `state` ends within n more symbols. */
  readonly #ends: readonly Float64Array[]

  /** `longest` has to allow at least the shortest string. */
  constructor(arcs: Arcs, longest: number) {
    this.#arcs = arcs.map((leaving) => leaving.map(([letter, next]) => ({ id: symbols.indexOf(letter), next })))
    this.#longest = longest
    const ends = [Float64Array.from(arcs, (leaving) => (leaving.length ? 0 : 1))]
    for (let left = 1; left <= longest; left++) {
      const before = ends[left - 1] as Float64Array
      const mean = (leaving: Arcs[number]) =>
        leaving.reduce((sum, [, next]) => sum + (before[next] as number), 0) / leaving.length
      ends.push(Float64Array.from(arcs, (leaving) => (leaving.length ? mean(leaving) : 1)))
    }
    this.#ends = ends
    if (this.#chanceToEnd(0, longest) === 0) throw new RangeError(`no string has at most ${longest} symbols`)
  }

  /** One string, as symbol ids. */
  draw(random: Random): number[] {
    const string: number[] = []
    let state = 0
    while (this.#leaving(state).length) {
      const left = this.#longest - string.length - 1
      const arcs = this.#leaving(state)
      let point = random.uniform() * arcs.reduce((sum, { next }) => sum + this.#chanceToEnd(next, left), 0)
      const arc = arcs.find(({ next }) => {
        point -= this.#chanceToEnd(next, left)
        return point < 0
      })
      const { id, next } = arc as { id: number; next: number }
      string.push(id)
      state = next
    }
    return string
  }

  /** For each symbol of a string, its chance after those before it. Throws RangeError for an illegal string. */
  chances(string: readonly number[]): number[] {
    return this.#walk(string).map(({ state, next }, at) => {
      const left = this.#longest - at - 1
      const all = this.#leaving(state).reduce((sum, arc) => sum + this.#chanceToEnd(arc.next, left), 0)
      return this.#chanceToEnd(next, left) / all
    })
  }

  /** For each symbol of a string, the ids that the grammar allows in its place. */
  allowed(string: readonly number[]): number[][] {
    return this.#walk(string).map(({ state }) => this.#leaving(state).map(({ id }) => id))
  }

  #walk(string: readonly number[]): { state: number; next: number }[] {
    let state = 0
    return string.map((id, at) => {
      const arc = this.#leaving(state).find((candidate) => candidate.id === id)
      if (!arc) throw new RangeError(`symbol ${at + 1}, ${symbols[id]}, is not allowed there`)
      const step = { state, next: arc.next }
      state = arc.next
      return step
    })
  }

  #leaving(state: number) {
    return this.#arcs[state] as readonly { readonly id: number; readonly next: number }[]
  }

  #chanceToEnd(state: number, left: number): number {
    return (this.#ends[left] as Float64Array)[state] as number
  }
}
