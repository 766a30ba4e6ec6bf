import type { Floats, Integers } from '../../../shared/ndarray.ts'
import { type NpyArray, readNpy, writeNpy } from './npy.ts'
import { readZip, writeZip } from './zip.ts'

/** The arrays of an .npz file by name; throws `format-invalid` naming `where` and the array. */
export function readNpz(bytes: Uint8Array, where: string): ReadonlyMap<string, NpyArray> {
  return new Map(
    Object.entries(readZip(bytes, where))
      .filter(([name]) => name.endsWith('.npy'))
      .map(([name, content]) => [name.slice(0, -4), readNpy(content, `${where}, array "${name.slice(0, -4)}"`)]),
  )
}

/** An .npz file, uncompressed as numpy.savez writes it. */
export function writeNpz(arrays: Readonly<Record<string, Floats | Integers>>): Uint8Array {
  return writeZip(
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)])),
    0,
  )
}
