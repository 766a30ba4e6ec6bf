/** Dense float64 matrices, row-major: just what Jacobians need. */

/**
 * C = A B for square matrices of size n. Zeros in A cost nothing (most of a gated cell's Jacobian), and four
 * rows of B are added at a time, so that C is read and written less often.
 */
export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  const places = new Int32Array(n + 3)
  for (let i = 0; i < n; i++) {
    let count = 0
    for (let k = 0; k < n; k++) if (a[i * n + k] !== 0) places[count++] = k
    // Filled up to a multiple of four with a row that counts nothing.
    places.fill(places[0] as number, count, count + 3)
    const factor = (at: number) => (at < count ? (a[i * n + (places[at] as number)] as number) : 0)
    const to = i * n
    for (let at = 0; at < count; at += 4) {
      const [f0, f1, f2, f3] = [factor(at), factor(at + 1), factor(at + 2), factor(at + 3)]
      const r0 = (places[at] as number) * n
      const r1 = (places[at + 1] as number) * n
      const r2 = (places[at + 2] as number) * n
      const r3 = (places[at + 3] as number) * n
      for (let j = 0; j < n; j++) {
        product[to + j] =
          (product[to + j] as number) +
          f0 * (b[r0 + j] as number) +
          f1 * (b[r1 + j] as number) +
          f2 * (b[r2 + j] as number) +
          f3 * (b[r3 + j] as number)
      }
    }
  }
  return product
}

/** Steps between two looks at how far the largest singular value has come, and how little that may be at last. */
const stride = 4
const settled = 1e-7

/**
 * Largest singular value of a square matrix, until four more steps change less than 1e-7 of its square: the root of
 * the largest eigenvalue of A^T A by the Lanczos method. Where singular values lie close together it needs
 * the square root of the steps of a power iteration. Its vectors are not kept orthogonal, which repeats
 * eigenvalues that were found already and does the largest no harm (Paige 1980). NaN or Infinity in the
 * matrix give NaN.
 */
export function largestSingularValue(a: Float64Array, n: number): number {
  const scale = largestEntry(a)
  if (scale === 0 || Number.isNaN(scale)) return scale
  // So that no square over- or underflows: entries of A^T A are squares, and the bisection squares those.
  const factor = scale > 1e-60 && scale < 1e60 ? 1 : 1 / scale
  const matrix = factor === 1 ? a : a.map((value) => value / scale)
  const diagonal: number[] = []
  const beside: number[] = []
  let before: Float64Array = new Float64Array(n)
  let vector = startVector(n)
  let found = 0
  for (let k = 0; k < 5000; k++) {
    const next = applyGram(matrix, vector, n)
    if (k) subtract(next, beside[k - 1] as number, before)
    diagonal.push(dot(next, vector))
    subtract(next, diagonal[k] as number, vector)
    const length = Math.sqrt(dot(next, next))
    const isExhausted = length <= 1e-14 * (diagonal[0] as number) || n === 1
    if (isExhausted || k % stride === stride - 1) {
      const last = found
      found = largestEigenvalue(diagonal, beside, found)
      if (isExhausted || found - last <= settled * found) break
    }
    beside.push(length)
    before = vector
    vector = next.map((value) => value / length)
  }
  return Math.sqrt(found) * (factor === 1 ? 1 : scale)
}

/** Size of the largest entry; NaN where one is not finite. */
export function largestEntry(a: Float64Array): number {
  let largest = 0
  for (let k = 0; k < a.length; k++) {
    const size = Math.abs(a[k] as number)
    if (!(size <= largest)) {
      if (!Number.isFinite(size)) return Number.NaN
      largest = size
    }
  }
  return largest
}

/**
 * Largest eigenvalue of a symmetric tridiagonal matrix that has no negative one, by bisection: the pivots of
 * T - x I are all negative just where x lies above every eigenvalue (Sturm's sequence). `atLeast`: what a
 * leading part of it has, which is no more.
 */
function largestEigenvalue(diagonal: readonly number[], beside: readonly number[], atLeast: number): number {
  const isAbove = (x: number): boolean => {
    let pivot = (diagonal[0] as number) - x
    for (let k = 1; k < diagonal.length && pivot < 0; k++) {
      pivot = (diagonal[k] as number) - x - (beside[k - 1] as number) ** 2 / pivot
    }
    return pivot < 0
  }
  let low = Math.max(atLeast, ...diagonal)
  let high = Math.max(...diagonal.map((entry, k) => entry + (beside[k - 1] ?? 0) + (beside[k] ?? 0)))
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2
    if (isAbove(middle)) high = middle
    else low = middle
  }
  return low
}

/** A fixed unit vector without any pattern: one of A's own rows can be orthogonal to what is looked for. */
function startVector(n: number): Float64Array {
  const vector = Float64Array.from({ length: n }, (_, j) => Math.cos(1 + j * j))
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}

/** A^T A times a vector, four rows of A at a time. */
function applyGram(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n)
  const whole = n - (n % 4)
  for (let row = 0; row < whole; row += 4) {
    const [r0, r1, r2, r3] = [row * n, (row + 1) * n, (row + 2) * n, (row + 3) * n]
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let j = 0; j < n; j++) {
      const value = vector[j] as number
      s0 += (matrix[r0 + j] as number) * value
      s1 += (matrix[r1 + j] as number) * value
      s2 += (matrix[r2 + j] as number) * value
      s3 += (matrix[r3 + j] as number) * value
    }
    for (let j = 0; j < n; j++) {
      result[j] =
        (result[j] as number) +
        s0 * (matrix[r0 + j] as number) +
        s1 * (matrix[r1 + j] as number) +
        s2 * (matrix[r2 + j] as number) +
        s3 * (matrix[r3 + j] as number)
    }
  }
  for (let row = whole; row < n; row++) {
    const image = dot(matrix.subarray(row * n, (row + 1) * n), vector)
    for (let j = 0; j < n; j++) result[j] = (result[j] as number) + image * (matrix[row * n + j] as number)
  }
  return result
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number)
  return sum
}

/** `vector` minus `times` `other`, in place. */
function subtract(vector: Float64Array, times: number, other: Float64Array): void {
  for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] as number) - times * (other[k] as number)
}
