type Entry = 'change' | 'undo' | 'redo'

/**
 * What can be undone and done again, read off a log that is only ever added to: an undo is an entry too, so what
 * happened before a restart is still known after it. Entries are numbered from 1.
 */
export class History {
  /** The change that each entry did, or took back where it is negative. */
  readonly #entries: number[] = []
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

  /** The change that an entry did or took back. */
  at(entry: number): { readonly seq: number; readonly isUndo: boolean } {
    const seq = this.#entries[entry - 1] as number
    return { seq: Math.abs(seq), isUndo: seq < 0 }
  }

  add(entry: Entry): void {
    if (entry === 'change') {
      this.#entries.push(this.length + 1)
      this.#done.push(this.length)
      this.#undone = []
      return
    }
    const [from, to] = entry === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done]
    const seq = from.pop() as number
    to.push(seq)
    this.#entries.push(entry === 'undo' ? -seq : seq)
  }
}
