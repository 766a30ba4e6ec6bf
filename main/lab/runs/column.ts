type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>

/** A typed array that grows at its end. */
export class Column<T extends Values> {
  #values: T
  readonly #make: (length: number) => T
  length = 0

  constructor(make: (length: number) => T) {
    this.#make = make
    this.#values = make(64)
  }

  append(values: ArrayLike<number>): void {
    const needed = this.length + values.length
    if (needed > this.#values.length) {
      const larger = this.#make(Math.max(needed, this.#values.length * 2))
      larger.set(this.#values.subarray(0, this.length))
      this.#values = larger
    }
    this.#values.set(values, this.length)
    this.length = needed
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length)
  }

  /** A copy of the entries from `start` up to `end`. */
  slice(start: number, end = this.length): T {
    return this.#values.slice(start, Math.min(end, this.length)) as T
  }

  /** Entry `index`; NaN where there is none. */
  at(index: number): number {
    return index < this.length ? (this.#values[index] ?? Number.NaN) : Number.NaN
  }

  /** Where `value` stands last; -1 where it does not. */
  lastIndexOf(value: number): number {
    return this.length ? this.#values.lastIndexOf(value, this.length - 1) : -1
  }

  /** How many entries are at most `limit`, where entries ascend. */
  countUpTo(limit: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at(middle) <= limit) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const integerColumn = () => new Column((length) => new Int32Array(length))
export const floatColumn = () => new Column((length) => new Float32Array(length))
