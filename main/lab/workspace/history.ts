type Entry = 'change' | 'undo' | 'redo'

/**
 * What can be undone and done again, read off a log that is only ever added to: an undo is an entry too, so what
 * happened before a restart is still known after it. Entries are numbered from 1.
 */
export class History {
  #length = 0
  #done: number[] = []
  #undone: number[] = []

  constructor(entries: Iterable<Entry> = []) {
    for (const entry of entries) this.add(entry)
  }

  /** Entries so far. */
  get length(): number {
    return this.#length
  }

  /** The change that an undo takes back; null where there is none. */
  get undo(): number | null {
    return this.#done.at(-1) ?? null
  }

  /** The change that a redo does again. */
  get redo(): number | null {
    return this.#undone.at(-1) ?? null
  }

  add(entry: Entry): void {
    this.#length++
    if (entry === 'change') {
      this.#done.push(this.#length)
      this.#undone = []
    } else {
      const [from, to] = entry === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done]
      to.push(from.pop() as number)
    }
  }
}
