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

  /** The change that an entry did or took back. */
  at(entry: number): { readonly seq: number; readonly isUndo: boolean } {
    const seq = this.#entries[entry - 1] as number
    return { seq: Math.abs(seq), isUndo: seq < 0 }
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
