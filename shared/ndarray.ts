/** A dense row-major array. The only form in which numbers cross a boundary. */
export interface NdArray<T extends Float32Array | Int32Array | Float64Array = Float32Array> {
  readonly shape: readonly number[]
  readonly data: T
}

export type Floats = NdArray<Float32Array>
export type Integers = NdArray<Int32Array>

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** Wraps `data`; throws RangeError when its length is not the product of `shape`. */
export function ndarray<T extends Float32Array | Int32Array | Float64Array>(
  shape: readonly number[],
  data: T,
): NdArray<T> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`shape [${shape.join(', ')}] needs ${sizeOf(shape)} values, got ${data.length}`)
  }
  return { shape, data }
}

/** One array after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
