import { LabError } from '../../../shared/errors.ts'
import type { Address, Kernels, SharedMemory } from './kernels.ts'

/** Bytes of a page of WebAssembly memory, and where parts begin: at whole cache lines. */
const page = 65_536
const line = 64

/**
 * Divides the kernels' memory. A part goes where the first gap is that holds it; memory grows to the largest
 * need there was and is then used again, so that a training step allocates nothing from the system.
 */
export class Arena {
  readonly #memory: SharedMemory
  readonly #first: Address
  /** Parts in use, in the order of their addresses. */
  readonly #parts: { readonly at: Address; readonly end: Address }[] = []
  #floats: Float32Array

  constructor({ freeFrom }: Kernels, memory: SharedMemory) {
    this.#memory = memory
    this.#first = Math.ceil(freeFrom() / line) * line
    this.#floats = new Float32Array(memory.buffer)
  }

  /** The whole memory. Taking a part may replace it: ask again after each. */
  get floats(): Float32Array {
    if (this.#floats.buffer !== this.#memory.buffer) this.#floats = new Float32Array(this.#memory.buffer)
    return this.#floats
  }

  /** Bytes in use. */
  get held(): number {
    return this.#parts.reduce((sum, { at, end }) => sum + end - at, 0)
  }

  /** A part of `count` floats, which hold anything. Throws LabError `out-of-memory` when memory cannot hold it. */
  take(count: number): Address {
    const bytes = Math.max(1, Math.ceil((count * 4) / line)) * line
    let at = this.#first
    let index = 0
    for (; index < this.#parts.length; index++) {
      const part = this.#parts[index] as { at: Address; end: Address }
      if (part.at - at >= bytes) break
      at = part.end
    }
    this.#reach(at + bytes)
    this.#parts.splice(index, 0, { at, end: at + bytes })
    return at
  }

  give(at: Address): void {
    const index = this.#parts.findIndex((part) => part.at === at)
    if (index < 0) throw new RangeError(`no part of the arena begins at ${at}`)
    this.#parts.splice(index, 1)
  }

  #reach(end: Address): void {
    const missing = end - this.#memory.buffer.byteLength
    if (missing <= 0) return
    try {
      this.#memory.grow(Math.ceil(missing / page))
    } catch {
      throw new LabError(
        'out-of-memory',
        `There is not enough memory: training needs ${Math.ceil(end / 2 ** 20)} MB of the engine's.`,
        'Use shorter sequences, fewer units or smaller batches.',
      )
    }
  }
}

/** Parts of an arena that are given back together. */
export class Lease {
  readonly arena: Arena
  readonly #parts: Address[] = []

  constructor(arena: Arena) {
    this.arena = arena
  }

  /** A part of `count` floats, which hold anything. */
  take(count: number): Address {
    const at = this.arena.take(count)
    this.#parts.push(at)
    return at
  }

  zeros(count: number): Address {
    const at = this.take(count)
    this.arena.floats.fill(0, at / 4, at / 4 + count)
    return at
  }

  /** May be called again, to no effect. */
  release(): void {
    for (const at of this.#parts.splice(0)) this.arena.give(at)
  }
}
