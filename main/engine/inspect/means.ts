import { type Floats, ndarray } from '../../../shared/ndarray.ts'

/**
 * Means over examples by steps back from each one's own end, as flow is taken: entry T-1-k is k steps before
 * the last, over the examples that long. Sums are float64.
 */
export class MeanByStep {
  readonly #width: number
  readonly #sums: Float64Array
  readonly #counts: Float64Array

  /** `width`: values of each step. */
  constructor(time: number, width: number) {
    this.#width = width
    this.#sums = new Float64Array(time * width)
    this.#counts = new Float64Array(time)
  }

  /** Adds `of` each value of [T, B, width] from time step `first` on, where examples are running. */
  add({ data }: Floats, lengths: readonly number[], of: (value: number) => number, first = 0): void {
    const [width, batch, time] = [this.#width, lengths.length, this.#counts.length]
    for (const [b, length] of lengths.entries()) {
      for (let t = first; t < length; t++) {
        const entry = t + time - length
        this.#counts[entry] = (this.#counts[entry] as number) + 1
        for (let j = 0; j < width; j++) {
          const to = entry * width + j
          this.#sums[to] = (this.#sums[to] as number) + of(data[(t * batch + b) * width + j] as number)
        }
      }
    }
  }

  /** `of` each mean, [T, width]; NaN where no example is that long. */
  means(of: (mean: number) => number = (mean) => mean): Floats {
    const [width, time] = [this.#width, this.#counts.length]
    const means = Float32Array.from(this.#sums, (sum, k) => of(sum / (this.#counts[Math.floor(k / width)] as number)))
    return ndarray([time, width], means)
  }
}

/** Means of arrays by name, each with a weight of its own every time it is added. */
export class WeighedMeans {
  readonly #sums = new Map<string, Float64Array>()
  readonly #weights = new Map<string, number>()

  add(name: string, values: ArrayLike<number>, weight: number): void {
    const sums = this.#sums.get(name) ?? new Float64Array(values.length)
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + weight * (values[k] as number)
    this.#sums.set(name, sums)
    this.#weights.set(name, (this.#weights.get(name) ?? 0) + weight)
  }

  means(): [string, Float32Array][] {
    return [...this.#sums].map(([name, sums]) => [
      name,
      Float32Array.from(sums, (sum) => sum / (this.#weights.get(name) as number)),
    ])
  }
}
