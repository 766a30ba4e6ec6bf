import type { Split } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Integers, ndarray } from '../../../shared/ndarray.ts'
import { parts } from '../../../shared/sequences.ts'
import type { NumberSet, TokenSet } from '../protocol.ts'
import { randomStream } from '../random.ts'

/** Held-out rows that are measured at most. */
export const heldOutRows = 1000

/** The rows of a dataset of sequences by their part, and where each begins. */
export class SetRows {
  readonly #set: TokenSet | NumberSet
  readonly #byPart: ReadonlyMap<Split | 'train', readonly number[]>
  /** Where each row begins among all steps, [N + 1]. */
  readonly starts: Int32Array
  /** Steps of the longest row. */
  readonly longest: number

  constructor(set: TokenSet | NumberSet) {
    this.#set = set
    this.starts = new Int32Array(set.lengths.length + 1)
    for (const [row, length] of set.lengths.entries()) this.starts[row + 1] = (this.starts[row] as number) + length
    this.longest = set.lengths.reduce((longest, length) => Math.max(longest, length), 0)
    const rows = [...set.parts.keys()]
    this.#byPart = new Map(parts.map((part, index) => [part, rows.filter((row) => set.parts[row] === index)]))
  }

  /** The rows of a part, in their order. */
  of(part: Split | 'train'): readonly number[] {
    return this.#byPart.get(part) ?? []
  }

  /** The held-out rows that are scored where at most `limit` are wanted. */
  heldOut(split: Split, limit: number): readonly number[] {
    return this.of(split).slice(0, Math.min(limit, heldOutRows))
  }

  /** The rows of update `step`: drawn from the training part, each as likely as any other, whatever came before. */
  drawn(seed: number, step: number, size: number): number[] {
    const random = randomStream(seed, `${this.#set.kind} train`, step)
    const training = this.of('train')
    return Array.from({ length: size }, () => training[random.integer(training.length)] as number)
  }

  length(row: number): number {
    return this.#set.lengths[row] as number
  }

  /** Whole numbers that sort held-out rows: their length, and tags that are numbers. */
  tags(split: Split, limit: number): Record<string, Int32Array> {
    const rows = this.heldOut(split, limit)
    const own = Object.entries(this.#set.tags).map(([name, of]) => [
      name,
      Int32Array.from(rows, (row) => of[row] as number),
    ])
    return { length: Int32Array.from(rows, (row) => this.length(row)), ...Object.fromEntries(own) }
  }
}

/** Real steps of a batch whose rows are `lengths` long. */
export const lengthArray = (lengths: readonly number[]): Integers => ndarray([lengths.length], Int32Array.from(lengths))

/**
 * Mean over examples of the mean over each one's real steps, weighted as the loss is; `of` is asked for the place
 * b T + t, T being the batch's.
 */
export function meanOverSteps({ inputs, lengths }: Batch, of: (place: number) => number): number {
  const [count, time] = inputs.shape as [number, number]
  let sum = 0
  for (let b = 0; b < count; b++) {
    const length = lengths?.data[b] ?? time
    let own = 0
    for (let t = 0; t < length; t++) own += of(b * time + t)
    sum += own / length
  }
  return sum / count
}
