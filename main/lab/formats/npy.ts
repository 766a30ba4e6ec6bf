import { LabError } from '../../../shared/errors.ts'
import { type NdArray, sizeOf } from '../../../shared/ndarray.ts'

/**
 * NumPy's array file, versions 1.0 to 3.0 (written by `shared/npz.ts`):
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/** An array as stored, with the element type it had in the file. */
export interface NpyArray {
  readonly dtype: Dtype
  readonly array: NdArray<Float32Array | Int32Array | Float64Array>
}

type Dtype = keyof typeof readers
type Reader = {
  readonly bytes: number
  readonly make: (length: number) => Float32Array | Int32Array | Float64Array
  readonly read: (view: DataView, offset: number) => number
}

/** Element types by NumPy's code, little-endian; wider integers are read where they fit 32 bits. */
const readers = {
  f4: { bytes: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at, true) },
  f8: { bytes: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at, true) },
  i4: { bytes: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at, true) },
  i8: { bytes: 8, make: (n) => new Int32Array(n), read: (view, at) => Number(view.getBigInt64(at, true)) },
  i2: { bytes: 2, make: (n) => new Int32Array(n), read: (view, at) => view.getInt16(at, true) },
  u1: { bytes: 1, make: (n) => new Int32Array(n), read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, make: (n) => new Int32Array(n), read: (view, at) => view.getInt8(at) },
  b1: { bytes: 1, make: (n) => new Int32Array(n), read: (view, at) => view.getUint8(at) },
} as const satisfies Record<string, Reader>

function damaged(where: string, what: string, hint = 'Save the file again with numpy.save or numpy.savez.'): LabError {
  return new LabError('format-invalid', `${where}: ${what}.`, hint, { file: where })
}

function parseHeader(text: string, where: string): { dtype: Dtype; shape: number[] } {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1]
  if (order === undefined || shape === undefined) throw damaged(where, 'its header is not one of an array')
  if (descr === undefined) throw damaged(where, 'it holds records, not plain numbers', 'Save one plain array per name.')
  const code = descr.slice(1)
  if (descr.startsWith('>') || !Object.hasOwn(readers, code)) {
    const hint = `Convert it first, e.g. with astype("float32"); readable are ${Object.keys(readers).join(', ')}.`
    throw damaged(where, `its element type is "${descr}"`, hint)
  }
  if (order === 'True') {
    throw damaged(where, 'it is stored in Fortran order', 'Save numpy.ascontiguousarray(array) instead.')
  }
  const lengths = shape.split(',').filter((part) => part.trim() !== '')
  if (!lengths.every((part) => /^\s*\d{1,15}\s*$/.test(part))) throw damaged(where, `its shape "(${shape})" is not one`)
  return { dtype: code as Dtype, shape: lengths.map(Number) }
}

/** Reads one .npy file; throws `format-invalid` naming `where`. */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
  if (bytes.length < 12 || magic.some((byte, index) => bytes[index] !== byte)) {
    throw damaged(where, 'it does not start as an .npy file does')
  }
  const version = bytes[6]
  if (version === undefined || version < 1 || version > 3) throw damaged(where, `its version ${version} is not known`)
  const start = version === 1 ? 10 : 12
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (start + headerLength > bytes.length) throw damaged(where, 'it ends within its header')
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + headerLength))
  const { dtype, shape } = parseHeader(header, where)
  const reader: Reader = readers[dtype]
  const size = sizeOf(shape)
  const expected = size * reader.bytes
  const found = bytes.length - start - headerLength
  if (found !== expected) {
    throw damaged(where, `its shape [${shape.join(', ')}] needs ${expected} bytes, but it has ${found}`)
  }
  const data = reader.make(size)
  for (let index = 0; index < size; index++) {
    const value = reader.read(view, start + headerLength + index * reader.bytes)
    if (dtype === 'i8' && Math.abs(value) > 0x7fff_ffff) {
      throw damaged(where, `element ${index} is ${value}, which does not fit 32 bits`, 'Use numbers of 32 bits.')
    }
    data[index] = value
  }
  return { dtype, array: { shape, data } }
}
