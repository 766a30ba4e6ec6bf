/** A value with what it was before and, after an undo, what it was after. */
export class History<T> {
  #states = $state.raw<readonly T[]>([])
  #at = $state(0)

  constructor(first: T) {
    this.#states = [first]
  }

  get value(): T {
    return this.#states[this.#at] as T
  }

  get canUndo(): boolean {
    return this.#at > 0
  }

  get canRedo(): boolean {
    return this.#at < this.#states.length - 1
  }

  push(value: T): void {
    this.#states = [...this.#states.slice(0, this.#at + 1), value]
    this.#at += 1
  }

  undo(): boolean {
    if (!this.canUndo) return false
    this.#at -= 1
    return true
  }

  redo(): boolean {
    if (!this.canRedo) return false
    this.#at += 1
    return true
  }

  /** Begins anew with a value; nothing before it can be come back to. */
  reset(value: T): void {
    this.#states = [value]
    this.#at = 0
  }
}
