import { LabError } from '../../../shared/errors.ts'

/**
 * Memory that is lent for a pass and kept for the next one: a system hands out new memory page by page, which takes
 * as long as a tenth of a pass. What is in it when it is taken is not 0.
 */
export class Memories {
  readonly #free: Float32Array[] = []
  readonly #most: number
  #lent = 0

  /** Keeps as many at most. */
  constructor(most = 4) {
    this.#most = most
  }

  /** How many are out. */
  get lent(): number {
    return this.#lent
  }

  /**
   * At least `size` numbers: the smallest that is free, unless most of it would lie idle. Throws LabError
   * `out-of-memory` when there is not as much.
   */
  take(size: number): Float32Array {
    const fitting = this.#free.filter(({ length }) => length >= size && length <= 2 * size)
    const best = fitting.toSorted((a, b) => a.length - b.length)[0]
    if (best) this.#free.splice(this.#free.indexOf(best), 1)
    const memory = best ?? this.#made(size)
    this.#lent++
    return memory
  }

  giveBack(memory: Float32Array): void {
    this.#lent--
    this.#free.push(memory)
    if (this.#free.length > this.#most) this.#free.shift()
  }

  #made(size: number): Float32Array {
    try {
      return new Float32Array(size)
    } catch {
      if (this.#free.length > 0) {
        this.#free.length = 0
        return this.#made(size)
      }
      throw new LabError(
        'out-of-memory',
        `There is not enough memory: a layer needs ${Math.ceil((size * 4) / 2 ** 20)} MB.`,
        'Use shorter sequences, fewer units or smaller batches.',
      )
    }
  }
}
