import { type Zippable, zipSync } from 'fflate'
import type { Floats, Integers, NdArray } from './ndarray.ts'

/** NumPy's files, as both sides of the wire write them. They are read in `main/lab/formats`. */

/** The bytes of an .npy file, version 1.0, C order. */
export function writeNpy({ shape, data }: NdArray<Float32Array | Int32Array | Float64Array>): Uint8Array {
  const dtype = data instanceof Float32Array ? '<f4' : data instanceof Float64Array ? '<f8' : '<i4'
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`
  // The data starts at a multiple of 64 bytes.
  const padded = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10
  const bytes = new Uint8Array(10 + padded + data.byteLength)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  new DataView(bytes.buffer).setUint16(8, padded, true)
  bytes.set(
    Uint8Array.from(`${dictionary.padEnd(padded - 1)}\n`, (letter) => letter.charCodeAt(0)),
    10,
  )
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded)
  return bytes
}

/** An .npz file, uncompressed as numpy.savez writes it. Equal arrays give equal bytes: its clock stands at 1980. */
export function writeNpz(arrays: Readonly<Record<string, Floats | Integers>>): Uint8Array {
  const entries: Zippable = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)]),
  )
  return zipSync(entries, { level: 0, mtime: new Date(1980, 0, 1) })
}
