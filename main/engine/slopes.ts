import type { Matrix } from './cells/cell.ts'

/**
 * d value / d state of a row of n values: `dense` [H, n], row i for state i; or `diagonal` [H], of a row of H
 * values each of which depends on its own state alone. Undefined: it does not depend on the state.
 */
type Slope =
  | { readonly dense: Float64Array; readonly diagonal?: undefined }
  | { readonly dense?: undefined; readonly diagonal: Float64Array }
  | undefined

/**
 * A row of values with its slopes by one or more states of H units (forward-mode differentiation, Wengert
 * 1964), in float64: a cell's own step run on these gives its Jacobian. Weights are constants, matrices of
 * any number of rows. Diagonal slopes stay diagonal as long as they can, since most of a gated cell's are.
 */
export class Sloped implements Matrix<Sloped> {
  readonly columns: number
  readonly values: Float64Array
  readonly #slopes: readonly Slope[]

  /** `values` is [rows, columns]; slopes belong to a single row. */
  private constructor(columns: number, values: Float64Array, slopes: readonly Slope[] = []) {
    this.columns = columns
    this.values = values
    this.#slopes = slopes
  }

  static constant(columns: number, values: Float64Array): Sloped {
    return new Sloped(columns, values)
  }

  /** A state itself: the `index`-th of `states`, by which slopes are taken. */
  static state(values: Float64Array, index: number, states: number): Sloped {
    const slopes = Array<Slope>(states).fill(undefined)
    slopes[index] = { diagonal: new Float64Array(values.length).fill(1) }
    return new Sloped(values.length, values, slopes)
  }

  /** Writes d values / d state `index` to `jacobian` [size, size], whose block begins at `row`, `column`. */
  writeSlope(index: number, jacobian: Float64Array, size: number, row: number, column: number): void {
    const slope = this.#slopes[index]
    const n = this.columns
    if (slope?.diagonal) {
      for (let j = 0; j < n; j++) jacobian[(row + j) * size + column + j] = slope.diagonal[j] as number
    } else if (slope) {
      const { dense } = slope
      const states = dense.length / n
      for (let j = 0; j < n; j++) {
        const to = (row + j) * size + column
        for (let i = 0; i < states; i++) jacobian[to + i] = dense[i * n + j] as number
      }
    }
  }

  add(other: Sloped | number): Sloped {
    if (typeof other === 'number') return this.#with(this.values.map((value) => value + other))
    const values = this.values.map((value, k) => value + (other.values[k] as number))
    return new Sloped(
      this.columns,
      values,
      this.#combined(other, (a, b) => sum(a, b, this.columns)),
    )
  }

  mul(other: Sloped | number): Sloped {
    if (typeof other === 'number') return this.#scaled(new Float64Array(this.columns).fill(other))
    const values = this.values.map((value, k) => value * (other.values[k] as number))
    const slopes = this.#combined(other, (a, b) =>
      sum(scaled(a, other.values, this.columns), scaled(b, this.values, this.columns), this.columns),
    )
    return new Sloped(this.columns, values, slopes)
  }

  /** Times a constant. */
  matMul(weight: Sloped): Sloped {
    const n = weight.columns
    return new Sloped(
      n,
      rowsTimes(this.values, weight.values, this.columns, n),
      this.#slopes.map((slope) => {
        if (!slope) return undefined
        if (slope.dense) return { dense: rowsTimes(slope.dense, weight.values, this.columns, n) }
        const { diagonal } = slope
        const rows = new Float64Array(weight.values.length)
        for (const [i, factor] of diagonal.entries()) {
          for (let k = i * n; k < (i + 1) * n; k++) rows[k] = factor * (weight.values[k] as number)
        }
        return { dense: rows }
      }),
    )
  }

  sigmoid(): Sloped {
    const values = this.values.map((z) => 1 / (1 + Math.exp(-z)))
    return this.#curved(
      values,
      values.map((y) => y * (1 - y)),
    )
  }

  tanh(): Sloped {
    const values = this.values.map(Math.tanh)
    return this.#curved(
      values,
      values.map((y) => 1 - y * y),
    )
  }

  relu(): Sloped {
    return this.#curved(
      this.values.map((z) => Math.max(z, 0)),
      this.values.map((z) => (Number.isNaN(z) ? z : Number(z > 0))),
    )
  }

  split(parts: number, _axis: 1): Sloped[] {
    const width = this.columns / parts
    const cut = (values: Float64Array, part: number): Float64Array => {
      const own = new Float64Array(values.length / parts)
      let from = part * width
      for (let to = 0; to < own.length; to += width) {
        for (let j = 0; j < width; j++) own[to + j] = values[from + j] as number
        from += this.columns
      }
      return own
    }
    return Array.from(
      { length: parts },
      (_, part) =>
        new Sloped(
          width,
          cut(this.values, part),
          this.#slopes.map((slope) => slope && { dense: cut(dense(slope, this.columns), part) }),
        ),
    )
  }

  #with(values: Float64Array): Sloped {
    return new Sloped(this.columns, values, this.#slopes)
  }

  #scaled(factors: Float64Array): Sloped {
    return this.#curved(
      this.values.map((value, k) => value * (factors[k] as number)),
      factors,
    )
  }

  /** A function of each value, with its slope there. */
  #curved(values: Float64Array, by: Float64Array): Sloped {
    return new Sloped(
      this.columns,
      values,
      this.#slopes.map((slope) => scaled(slope, by, this.columns)),
    )
  }

  #combined(other: Sloped, of: (a: Slope, b: Slope) => Slope): Slope[] {
    const states = Math.max(this.#slopes.length, other.#slopes.length)
    return Array.from({ length: states }, (_, index) => of(this.#slopes[index], other.#slopes[index]))
  }
}

function dense(slope: NonNullable<Slope>, columns: number): Float64Array {
  if (slope.dense) return slope.dense
  const full = new Float64Array(columns * columns)
  for (const [j, value] of slope.diagonal.entries()) full[j * columns + j] = value
  return full
}

function sum(a: Slope, b: Slope, columns: number): Slope {
  if (!a || !b) return a ?? b
  if (a.diagonal && b.diagonal) return { diagonal: added(a.diagonal, b.diagonal) }
  return { dense: added(dense(a, columns), dense(b, columns)) }
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length)
  for (let k = 0; k < a.length; k++) result[k] = (a[k] as number) + (b[k] as number)
  return result
}

/** Each column by its factor. */
function scaled(slope: Slope, by: Float64Array, columns: number): Slope {
  if (!slope) return undefined
  const from = slope.dense ?? slope.diagonal
  const result = new Float64Array(from.length)
  for (let row = 0; row < from.length; row += columns) {
    for (let j = 0; j < columns; j++) result[row + j] = (from[row + j] as number) * (by[j] as number)
  }
  return slope.dense ? { dense: result } : { diagonal: result }
}

/** [rows, depth] times [depth, columns]. */
function rowsTimes(a: Float64Array, b: Float64Array, depth: number, columns: number): Float64Array {
  const rows = a.length / depth
  const product = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < depth; k++) {
      const factor = a[i * depth + k] as number
      const [from, to] = [k * columns, i * columns]
      for (let j = 0; j < columns; j++) {
        product[to + j] = (product[to + j] as number) + factor * (b[from + j] as number)
      }
    }
  }
  return product
}
