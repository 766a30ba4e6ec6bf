/** Words of the memory that threads agree in. */
const words = { arrived: 0, phase: 1, failed: 2, first: 3 } as const

/** How often a thread looks before it sleeps: some ten microseconds, about as long as waking it takes. */
const looks = 4000

/** What threads agree in: a barrier for any number of them, and a bell for each. */
export class Barrier {
  readonly shared: SharedArrayBuffer
  readonly #words: Int32Array

  /** Of `threads`, or one that another thread made. */
  constructor(of: number | SharedArrayBuffer) {
    this.shared = typeof of === 'number' ? new SharedArrayBuffer((words.first + of) * 4) : of
    this.#words = new Int32Array(this.shared)
  }

  /** Returns when `count` threads have called it. Throws when one of them has failed. */
  meet(count: number): void {
    const phase = Atomics.load(this.#words, words.phase)
    if (Atomics.add(this.#words, words.arrived, 1) + 1 === count) {
      Atomics.store(this.#words, words.arrived, 0)
      Atomics.add(this.#words, words.phase, 1)
      Atomics.notify(this.#words, words.phase)
    } else this.#waitWhile(words.phase, phase)
    if (Atomics.load(this.#words, words.failed)) throw new Error('a thread of the kernels failed')
  }

  /** Lets the others go on, to find that this thread has failed. */
  fail(): void {
    Atomics.store(this.#words, words.failed, 1)
    Atomics.add(this.#words, words.phase, 1)
    Atomics.notify(this.#words, words.phase)
  }

  ring(thread: number): void {
    Atomics.add(this.#words, words.first + thread, 1)
    Atomics.notify(this.#words, words.first + thread)
  }

  /** Sleeps until the thread's bell was rung more often than `heard`; returns how often. */
  listen(thread: number, heard: number): number {
    this.#waitWhile(words.first + thread, heard)
    return Atomics.load(this.#words, words.first + thread)
  }

  #waitWhile(word: number, value: number): void {
    for (let k = 0; k < looks; k++) if (Atomics.load(this.#words, word) !== value) return
    while (Atomics.load(this.#words, word) === value) Atomics.wait(this.#words, word, value)
  }
}
