/** Dense float64 matrices, row-major: just what Jacobians need. */

/** C = A B for square matrices of size n. */
export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k] as number
      if (factor === 0) continue
      for (let j = 0; j < n; j++)
        product[i * n + j] = (product[i * n + j] as number) + factor * (b[k * n + j] as number)
    }
  }
  return product
}

/**
 * Largest singular value of a square matrix, by power iteration on A^T A, until the
 * estimate changes by less than 1e-12 of itself. Where the two largest singular values are too
 * close for that to converge, any mixture of their vectors gives a value between them. NaN or
 * Infinity in the matrix give NaN.
 */
export function largestSingularValue(a: Float64Array, n: number): number {
  let scale = 0
  for (const value of a) {
    if (!Number.isFinite(value)) return Number.NaN
    scale = Math.max(scale, Math.abs(value))
  }
  if (scale === 0) return 0
  const matrix = a.map((value) => value / scale)
  let vector = startVector(n)
  let sigma = 0
  for (let iteration = 0; iteration < 5000; iteration++) {
    const image = apply(matrix, vector, n)
    const next = norm(image)
    const back = applyTransposed(matrix, image, n)
    const length = norm(back)
    if (length === 0) break
    vector = back.map((value) => value / length)
    const settled = Math.abs(next - sigma) <= 1e-12 * next
    sigma = next
    if (settled) break
  }
  return sigma * scale
}

/** A fixed unit vector without any pattern: one of A's own rows can be orthogonal to what is looked for. */
function startVector(n: number): Float64Array {
  const vector = Float64Array.from({ length: n }, (_, j) => Math.cos(1 + j * j))
  const length = norm(vector)
  return vector.map((value) => value / length)
}

function apply(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const image = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += (matrix[i * n + j] as number) * (vector[j] as number)
    image[i] = sum
  }
  return image
}

function applyTransposed(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const image = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const factor = vector[i] as number
    for (let j = 0; j < n; j++) image[j] = (image[j] as number) + factor * (matrix[i * n + j] as number)
  }
  return image
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
}
