import { type Floats, ndarray } from '../../../shared/ndarray.ts'

/**
 * The real steps of a batch as rows, in order of time and within a step from the longest example to the
 * shortest (torch's PackedSequence): the examples still running at a step are the first rows of the step
 * before. Padded steps have no row, so that nothing is computed for them and nothing can come from them.
 */
export class Steps {
  readonly time: number
  readonly batch: number
  /** Rows of all steps together. */
  readonly total: number
  /** Whether all examples are as long as the batch: rows then lie as in [T, B, W]. */
  readonly even: boolean
  /** First row of each step, and at the end the number of all rows. */
  readonly starts: Int32Array
  /** Example of each place within a step. */
  readonly #order: readonly number[]

  constructor(time: number, lengths: readonly number[]) {
    this.time = time
    this.batch = lengths.length
    this.even = lengths.every((length) => length === time)
    this.#order = [...lengths.keys()].sort((a, b) => (lengths[b] as number) - (lengths[a] as number))
    this.starts = new Int32Array(time + 1)
    let running = lengths.length
    for (let t = 0; t < time; t++) {
      while (running > 0 && (lengths[this.#order[running - 1] as number] as number) <= t) running--
      this.starts[t + 1] = (this.starts[t] as number) + running
    }
    this.total = this.starts[time] as number
  }

  /** First row of step `t`. */
  start(t: number): number {
    return this.starts[t] as number
  }

  /** Examples that are running at step `t`. */
  rows(t: number): number {
    return this.start(t + 1) - this.start(t)
  }

  /** Writes the rows of an array [T, B, W] to `floats` from index `to` on, `line` floats from row to row. */
  gather({ shape, data }: Floats, floats: Float32Array, to: number, line: number): void {
    const width = shape[2] as number
    if (this.even && line === width) {
      floats.set(data, to)
      return
    }
    for (let t = 0; t < this.time; t++) {
      for (let row = this.start(t); row < this.start(t + 1); row++) {
        const from = (t * this.batch + (this.#order[row - this.start(t)] as number)) * width
        for (let k = 0; k < width; k++) floats[to + row * line + k] = data[from + k] as number
        for (let k = width; k < line; k++) floats[to + row * line + k] = 0
      }
    }
  }

  /** The way back: [T, B, W] with 0 at padded steps. */
  scatter(floats: Float32Array, from: number, line: number, width: number): Floats {
    const shape = [this.time, this.batch, width]
    if (this.even && line === width) return ndarray(shape, copied(floats, from, this.total * width))
    const data = new Float32Array(this.time * this.batch * width)
    for (let t = 0; t < this.time; t++) {
      for (let row = this.start(t); row < this.start(t + 1); row++) {
        const to = (t * this.batch + (this.#order[row - this.start(t)] as number)) * width
        for (let k = 0; k < width; k++) data[to + k] = floats[from + row * line + k] as number
      }
    }
    return ndarray(shape, data)
  }

  /** Likewise of one number a row, to [T, B]. */
  scatterEach(values: Float64Array): Float64Array {
    const data = new Float64Array(this.time * this.batch)
    for (let t = 0; t < this.time; t++) {
      for (let row = this.start(t); row < this.start(t + 1); row++) {
        data[t * this.batch + (this.#order[row - this.start(t)] as number)] = values[row] as number
      }
    }
    return data
  }
}

/** A copy that is no longer shared; faster than slice, which V8 does number by number for memory that is. */
export function copied(floats: Float32Array, from: number, count: number): Float32Array<ArrayBuffer> {
  const copy = new Float32Array(count)
  copy.set(floats.subarray(from, from + count))
  return copy
}
