/** Ways to train the runs of an experiment: one after the other on all threads, or each on threads of its own. */
export type Way = 'in turns' | 'side by side'

/** A way is judged by so many rounds (an update of every run each) and milliseconds, whichever takes longer. */
const [rounds, patience] = [9, 500]
/** Rounds that do not count: code is still compiled. */
const first = 4

/** Measures both ways. Bits are the same either way, so the rounds of a trial are training like any other. */
export class Trial {
  readonly #rounds: Record<Way, number[]> = { 'in turns': [], 'side by side': [] }
  readonly #spent: Record<Way, number> = { 'in turns': 0, 'side by side': 0 }

  /** A round took so many milliseconds. */
  add(way: Way, ms: number): void {
    if (this.knows(way)) return
    this.#rounds[way].push(ms)
    this.#spent[way] += ms
  }

  knows(way: Way): boolean {
    return this.#rounds[way].length >= first + rounds && this.#spent[way] >= patience
  }

  /** Milliseconds of a round each way, medians; undefined before both are known. */
  get times(): Readonly<Record<Way, number>> | undefined {
    if (!this.knows('in turns') || !this.knows('side by side')) return undefined
    const median = (way: Way) => {
      const counted = this.#rounds[way].slice(first).sort((a, b) => a - b)
      return counted[counted.length >> 1] as number
    }
    return { 'in turns': median('in turns'), 'side by side': median('side by side') }
  }

  get faster(): Way | undefined {
    const times = this.times
    return times && (times['side by side'] < times['in turns'] ? 'side by side' : 'in turns')
  }
}
