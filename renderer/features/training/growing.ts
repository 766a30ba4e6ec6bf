/** Typed arrays that grow by doubling, so that appending rows copies each value about once. */
export class Floats32 {
  #data = new Float32Array(1024)
  length = 0

  append(values: Float32Array): void {
    if (this.length + values.length > this.#data.length) {
      const grown = new Float32Array(Math.max(this.#data.length * 2, this.length + values.length))
      grown.set(this.values)
      this.#data = grown
    }
    this.#data.set(values, this.length)
    this.length += values.length
  }

  get values(): Float32Array {
    return this.#data.subarray(0, this.length)
  }
}

export class Integers32 {
  #data = new Int32Array(1024)
  length = 0

  append(values: Int32Array): void {
    if (this.length + values.length > this.#data.length) {
      const grown = new Int32Array(Math.max(this.#data.length * 2, this.length + values.length))
      grown.set(this.values)
      this.#data = grown
    }
    this.#data.set(values, this.length)
    this.length += values.length
  }

  get values(): Int32Array {
    return this.#data.subarray(0, this.length)
  }
}
