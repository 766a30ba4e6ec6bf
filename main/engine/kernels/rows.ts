import { get, set } from './vector'

/** Work on rows of `units` numbers, a multiple of four. */

/** Writes the sum of two vectors into each of `rows` rows: the biases, where the products are then added. */
export function fillRows(rows: i32, units: i32, first: usize, second: usize, to: usize, line: i32): void {
  const end = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < end; j += 16) set(to, j, f32x4.add(get(first, j), get(second, j)))
    to += line
  }
}

/**
 * Adds each column's sum over the rows to `to`: a bias takes part in every row. Sixteen columns at a time, a whole
 * line of memory of every row.
 */
export function addRows(rows: i32, units: i32, from: usize, line: i32, to: usize): void {
  const end = usize(units) << 2
  const whole = end & ~63
  for (let j: usize = 0; j < whole; j += 64) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0)
    let at = from + j
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(at))
      b = f32x4.add(b, v128.load(at, 16))
      c = f32x4.add(c, v128.load(at, 32))
      d = f32x4.add(d, v128.load(at, 48))
      at += line
    }
    add(to + j, a)
    add(to + j + 16, b)
    add(to + j + 32, c)
    add(to + j + 48, d)
  }
  for (let j = whole; j < end; j += 16) {
    let sum = f32x4.splat(0)
    let at = from + j
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(at))
      at += line
    }
    add(to + j, sum)
  }
}

// @ts-ignore: decorator
@inline
function add(to: usize, x: v128): void {
  v128.store(to, f32x4.add(v128.load(to), x))
}

/** Adds each column's sum of a b over the rows to `to`: a diagonal weight. */
export function addProducts(rows: i32, units: i32, a: usize, aLine: i32, b: usize, bLine: i32, to: usize): void {
  const end = usize(units) << 2
  for (let j: usize = 0; j < end; j += 16) {
    let sum = f32x4.splat(0)
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, f32x4.mul(get(a + row * aLine, j), get(b + row * bLine, j)))
    }
    set(to, j, f32x4.add(get(to, j), sum))
  }
}

/** Writes the squared norm of each row, summed in float64, to `to`. */
export function squaredNorms(rows: i32, units: i32, from: usize, to: usize): void {
  const end = usize(units) << 2
  for (let row = 0; row < rows; row++) {
    let first = f64x2.splat(0), second = f64x2.splat(0)
    for (let j: usize = 0; j < end; j += 16) {
      const x = get(from, j)
      const low = f64x2.promote_low_f32x4(x)
      const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0))
      first = f64x2.add(first, f64x2.mul(low, low))
      second = f64x2.add(second, f64x2.mul(high, high))
    }
    const sums = f64x2.add(first, second)
    f64.store(to, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1))
    from += end
    to += 8
  }
}
