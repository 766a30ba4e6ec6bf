import { type NdArray, sizeOf } from '../../../shared/ndarray.ts'
import type { Matrix } from '../cells/cell.ts'

/**
 * Float64 rows and columns with just the operations of a cell: TensorFlow.js knows float32 only, too
 * coarse for finite differences. A matrix of one row stands for as many rows as the other side has.
 */
export class Matrix64 implements Matrix<Matrix64> {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array

  constructor(rows: number, columns: number, data: Float64Array = new Float64Array(rows * columns)) {
    if (data.length !== rows * columns) throw new RangeError(`${rows} x ${columns} needs ${rows * columns} numbers`)
    this.rows = rows
    this.columns = columns
    this.data = data
  }

  /** An array [R, C], or [C] as one row. */
  static from({ shape, data }: NdArray<Float64Array> | NdArray): Matrix64 {
    const columns = shape.at(-1) ?? 1
    return new Matrix64(sizeOf(shape) / columns, columns, Float64Array.from(data))
  }

  add(other: Matrix64 | number): Matrix64 {
    return this.#pairwise(other, (a, b) => a + b)
  }

  sub(other: Matrix64): Matrix64 {
    return this.#pairwise(other, (a, b) => a - b)
  }

  mul(other: Matrix64 | number): Matrix64 {
    return this.#pairwise(other, (a, b) => a * b)
  }

  matMul(other: Matrix64): Matrix64 {
    if (this.columns !== other.rows) throw new RangeError(`${this.columns} columns meet ${other.rows} rows`)
    const product = new Matrix64(this.rows, other.columns)
    for (let i = 0; i < this.rows; i++) {
      for (let k = 0; k < this.columns; k++) {
        const factor = this.data[i * this.columns + k] as number
        for (let j = 0; j < other.columns; j++) {
          const at = i * other.columns + j
          product.data[at] = (product.data[at] as number) + factor * (other.data[k * other.columns + j] as number)
        }
      }
    }
    return product
  }

  transpose(): Matrix64 {
    const { rows, columns, data } = this
    const turned = Float64Array.from(data, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)] as number)
    return new Matrix64(columns, rows, turned)
  }

  sigmoid(): Matrix64 {
    return this.#map((z) => 1 / (1 + Math.exp(-z)))
  }

  tanh(): Matrix64 {
    return this.#map(Math.tanh)
  }

  relu(): Matrix64 {
    return this.#map((z) => Math.max(z, 0))
  }

  split(parts: number, _axis: 1): Matrix64[] {
    const width = this.columns / parts
    return Array.from({ length: parts }, (_, part) => {
      const own = new Matrix64(this.rows, width)
      for (let k = 0; k < own.data.length; k++) {
        own.data[k] = this.data[Math.floor(k / width) * this.columns + part * width + (k % width)] as number
      }
      return own
    })
  }

  #map(of: (value: number) => number): Matrix64 {
    return new Matrix64(this.rows, this.columns, this.data.map(of))
  }

  #pairwise(other: Matrix64 | number, of: (a: number, b: number) => number): Matrix64 {
    if (typeof other === 'number') return this.#map((value) => of(value, other))
    const rows = Math.max(this.rows, other.rows)
    const fits = (side: Matrix64) => side.columns === this.columns && (side.rows === rows || side.rows === 1)
    if (!fits(this) || !fits(other)) {
      throw new RangeError(`${this.rows} x ${this.columns} does not fit ${other.rows} x ${other.columns}`)
    }
    const result = new Matrix64(rows, this.columns)
    for (let k = 0; k < result.data.length; k++) {
      result.data[k] = of(
        this.data[k % this.data.length] as number, // one row comes round again
        other.data[k % other.data.length] as number,
      )
    }
    return result
  }
}
