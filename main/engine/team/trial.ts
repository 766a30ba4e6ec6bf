/** Ways to train the runs of an experiment: one after the other on all threads, or each on threads of its own. */
export type Way = 'in turns' | 'side by side'

/** A way is judged by so many rounds (an update of every run each) and milliseconds, whichever takes longer. */
const [rounds, patience] = [9, 500]
/** Rounds that do not count: code is still compiled. */
const first = 4

/** Measures both ways. Bits are the same either way, so the rounds of a trial are training like any other. */
export class Trial {
  readonly #found: Record<Way, number[]> = { 'in turns': [], 'side by side': [] }
  readonly #spent: Record<Way, number> = { 'in turns': 0, 'side by side': 0 }
  #times: Readonly<Record<Way, number>> | undefined

  /** A round took so many milliseconds. */
  add(way: Way, ms: number): void {
    if (this.knows(way)) return
    this.#found[way].push(ms)
    this.#spent[way] += ms
    if (!this.knows('in turns') || !this.knows('side by side')) return
    this.#times = { 'in turns': this.#median('in turns'), 'side by side': this.#median('side by side') }
  }

  knows(way: Way): boolean {
    return this.#found[way].length >= first + rounds && this.#spent[way] >= patience
  }

  /** Milliseconds of a round each way, medians; undefined before both are known. */
  get times(): Readonly<Record<Way, number>> | undefined {
    return this.#times
  }

  get faster(): Way | undefined {
    return this.#times && (this.#times['side by side'] < this.#times['in turns'] ? 'side by side' : 'in turns')
  }

  #median(way: Way): number {
    const counted = this.#found[way].slice(first).sort((a, b) => a - b)
    return counted[counted.length >> 1] as number
  }
}
