import { type NpyArray, readNpy } from './npy.ts'
import { readZip } from './zip.ts'

/** The arrays of an .npz file by name; throws `format-invalid` naming `where` and the array. */
export function readNpz(bytes: Uint8Array, where: string): ReadonlyMap<string, NpyArray> {
  return new Map(
    Object.entries(readZip(bytes, where))
      .filter(([name]) => name.endsWith('.npy'))
      .map(([name, content]) => [name.slice(0, -4), readNpy(content, `${where}, array "${name.slice(0, -4)}"`)]),
  )
}
