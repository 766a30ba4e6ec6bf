import { blockDepth, packBlock } from './pack'
import { madd } from './vector'

/** Rows of the left factor that are packed at a time. */
// @ts-ignore: decorator
@inline
const blockRows: i32 = 128

/** Room of this instance: threads share the memory, each has its own. */
let packed: usize = 0
let corner: usize = 0

/** `at` has room for the packed rows, 128 x 256, and for a tile, 4 x 8. */
export function useScratch(at: usize): void {
  packed = at
  corner = at + 128 * 256 * 4
}

/**
 * C = A B, or C += A B where `accumulate`: A [rows, depth], its entry (i, k) at `a` + `step` i + `stride` k
 * bytes with one of the two being 4; B as `pack` leaves it; C's rows lie `line` bytes apart.
 *
 * Each number of C is one sum in the order of k, broken off every 256 entries: the parts are added to C
 * in their order. So its bits do not depend on where in C it lies or how large C is.
 */
export function multiply(
  rows: i32, columns: i32, depth: i32,
  a: usize, step: i32, stride: i32,
  b: usize,
  c: usize, line: i32, accumulate: bool,
): void {
  for (let k = 0; k < depth; k += blockDepth) {
    const deep = min(blockDepth, depth - k)
    for (let i = 0; i < rows; i += blockRows) {
      const high = min(blockRows, rows - i)
      packBlock(a + i * step + k * stride, high, step, deep, stride, 4, packed)
      multiplyBlock(high, columns, deep, b, c + i * line, line, accumulate || k > 0)
    }
    b += usize(((columns + 7) & ~7) * deep) << 2
  }
}

/** The packed rows times one block of B: eight columns at a time, four rows at a time. */
function multiplyBlock(rows: i32, columns: i32, depth: i32, b: usize, c: usize, line: i32, accumulate: bool): void {
  for (let j = 0; j < columns; j += 8) {
    for (let i = 0; i < rows; i += 4) {
      const at = c + i * line + (j << 2)
      const from = packed + (usize(i * depth) << 2)
      if (rows - i >= 4 && columns - j >= 8) tile(depth, from, b, at, line, accumulate)
      else {
        const high = min(4, rows - i)
        const wide = min(8, columns - j)
        if (accumulate) copyCorner(at, line, corner, 32, high, wide)
        tile(depth, from, b, corner, 32, accumulate)
        copyCorner(corner, 32, at, line, high, wide)
      }
    }
    b += usize(depth) << 5
  }
}

/** Of a tile that reaches beyond C, what lies within. */
function copyCorner(from: usize, fromLine: i32, to: usize, toLine: i32, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      f32.store(to + i * toLine + (j << 2), f32.load(from + i * fromLine + (j << 2)))
    }
  }
}

/** Four rows by eight columns of C, held in eight registers: sum over k of (column k of A) (row k of B). */
function tile(depth: i32, a: usize, b: usize, c: usize, line: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0)
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0)
  let c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  const end = b + (usize(depth) << 5)
  while (b < end) {
    const left = v128.load(b)
    const right = v128.load(b, 16)
    const a0 = v128.load32_splat(a)
    c00 = madd(a0, left, c00)
    c01 = madd(a0, right, c01)
    const a1 = v128.load32_splat(a, 4)
    c10 = madd(a1, left, c10)
    c11 = madd(a1, right, c11)
    const a2 = v128.load32_splat(a, 8)
    c20 = madd(a2, left, c20)
    c21 = madd(a2, right, c21)
    const a3 = v128.load32_splat(a, 12)
    c30 = madd(a3, left, c30)
    c31 = madd(a3, right, c31)
    a += 16
    b += 32
  }
  const second = c + line
  const third = second + line
  const fourth = third + line
  if (accumulate) {
    c00 = f32x4.add(c00, v128.load(c))
    c01 = f32x4.add(c01, v128.load(c, 16))
    c10 = f32x4.add(c10, v128.load(second))
    c11 = f32x4.add(c11, v128.load(second, 16))
    c20 = f32x4.add(c20, v128.load(third))
    c21 = f32x4.add(c21, v128.load(third, 16))
    c30 = f32x4.add(c30, v128.load(fourth))
    c31 = f32x4.add(c31, v128.load(fourth, 16))
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  v128.store(second, c10)
  v128.store(second, c11, 16)
  v128.store(third, c20)
  v128.store(third, c21, 16)
  v128.store(fourth, c30)
  v128.store(fourth, c31, 16)
}
