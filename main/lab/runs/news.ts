/** Tells whoever waits that something changed. */
export class News {
  /** Changes of a run's state so far. */
  count = 0
  /** `count` at the last reply, for those who do not say what they have seen. */
  delivered = 0
  #next = Promise.withResolvers<void>()
  #closed = false

  get isClosed(): boolean {
    return this.#closed
  }

  announce(): void {
    this.#next.resolve()
    if (!this.#closed) this.#next = Promise.withResolvers()
  }

  /** Resolves at the next announcement, or after `patience` milliseconds. */
  async wait(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience)
    })
    await Promise.race([this.#next.promise, late])
    clearTimeout(timer)
  }

  /** Ends every wait, now and later. */
  close(): void {
    this.#closed = true
    this.#next.resolve()
  }
}
