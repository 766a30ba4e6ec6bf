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

/** Adds each column's sum over the rows to `to`: a bias takes part in every row. */
export function addRows(rows: i32, units: i32, from: usize, line: i32, to: usize): void {
  const end = usize(units) << 2
  for (let j: usize = 0; j < end; j += 16) {
    let sum = f32x4.splat(0)
    let at = from + j
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(at))
      at += line
    }
    set(to, j, f32x4.add(get(to, j), sum))
  }
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
