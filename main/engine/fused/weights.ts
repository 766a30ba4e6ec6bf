import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { copied } from './steps.ts'

/** Kernels work on four units at once: H and every block of H rows are filled up with zeros to this. */
export const padded = (units: number): number => Math.ceil(units / 4) * 4

/**
 * Writes a parameter [G*H, W], [G*H] or [H], with its blocks of `units` rows filled up, at index `to` of
 * `floats`, `line` floats from row to row.
 */
export function writeBlocks({ shape, data }: Floats, units: number, floats: Float32Array, to: number, line: number) {
  const width = shape[1] ?? 1
  const rows = shape[0] as number
  const room = padded(units)
  if (units === room && width === line) {
    floats.set(data, to)
    return
  }
  floats.fill(0, to, to + (rows / units) * room * line)
  for (let row = 0; row < rows; row++) {
    const at = to + (Math.floor(row / units) * room + (row % units)) * line
    for (let k = 0; k < width; k++) floats[at + k] = data[row * width + k] as number
  }
}

/** The way back, to an array of `shape`. */
export function readBlocks(
  shape: readonly number[],
  units: number,
  floats: Float32Array,
  from: number,
  line: number,
): Floats {
  const width = shape[1] ?? 1
  const rows = shape[0] as number
  const room = padded(units)
  if (units === room && width === line) return ndarray(shape, copied(floats, from, rows * width))
  const data = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const at = from + (Math.floor(row / units) * room + (row % units)) * line
    for (let k = 0; k < width; k++) data[row * width + k] = floats[at + k] as number
  }
  return ndarray(shape, data)
}
