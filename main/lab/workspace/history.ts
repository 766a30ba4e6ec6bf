type Entry = 'change' | 'undo' | 'redo'

/**
 * What can be undone and done again, read off a log that is only ever added to: an undo is an entry too, so what
 * happened before a restart is still known after it. Entries are numbered from 1.
 */
export class History {
  /** The change that each entry did, or took back where it is negative. */
  readonly #entries: number[] = []
  /** The last change that was done after each entry, and before the first: the same one is the same state. */
  readonly #states: number[] = [0]
  #done: number[] = []
  #undone: number[] = []

  constructor(entries: Iterable<Entry> = []) {
    for (const entry of entries) this.add(entry)
  }

  /** Entries so far. */
  get length(): number {
    return this.#entries.length
  }

  /** The change that an undo takes back; null where there is none. */
  get undo(): number | null {
    return this.#done.at(-1) ?? null
  }

  /** The change that a redo does again. */
  get redo(): number | null {
    return this.#undone.at(-1) ?? null
  }

  /** The changes that entries behind `from` up to `to` came to, without those that took each other back. */
  between(from: number, to: number): { readonly seq: number; readonly isUndo: boolean }[] {
    const left: number[] = []
    for (const entry of this.#entries.slice(from, to)) {
      if (left.at(-1) === -entry) left.pop()
      else left.push(entry)
    }
    return left.map((entry) => ({ seq: Math.abs(entry), isUndo: entry < 0 }))
  }

  /** All is as it was after an entry: nothing was done since, or all of it was taken back. */
  isAsAfter(entry: number): boolean {
    return this.#states[entry] === this.#states.at(-1)
  }

  add(entry: Entry): void {
    this.#entries.push(entry === 'change' ? this.#change() : this.#again(entry))
    this.#states.push(this.undo ?? 0)
  }

  #change(): number {
    const seq = this.length + 1
    this.#done.push(seq)
    this.#undone = []
    return seq
  }

  #again(entry: 'undo' | 'redo'): number {
    const [from, to] = entry === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done]
    const seq = from.pop() as number
    to.push(seq)
    return entry === 'undo' ? -seq : seq
  }
}
