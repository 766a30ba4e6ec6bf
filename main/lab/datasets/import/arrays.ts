import type { NdArray } from '../../../../shared/ndarray.ts'
import { readNpy } from '../../formats/npy.ts'
import { readNpz } from '../../formats/npz.ts'
import { invalid } from './refusals.ts'
import type { Record } from './text.ts'

type Numbers = NdArray<Float32Array | Int32Array | Float64Array>

/** Records that are handed on at a time. */
const batch = 1000

/** The arrays of a file of NumPy's by name. Throws `format-invalid`. */
export function arraysOf(bytes: Uint8Array, file: string): { readonly [name: string]: Numbers } {
  if (bytes[0] === 0x93) return { inputs: readNpy(bytes, file).array }
  return Object.fromEntries([...readNpz(bytes, file)].map(([name, { array }]) => [name, array]))
}

/** Arrays whose first axis is the rows': one record for each, `lengths` cutting off the padding of the others. */
export function* arrayRecords(
  bytes: Uint8Array,
  names: readonly string[] | undefined,
  file: string,
): Generator<readonly Record[]> {
  const arrays = arraysOf(bytes, file)
  const columns = names ?? Object.keys(arrays)
  const count = (arrays.inputs ?? Object.values(arrays)[0])?.shape[0] ?? 0
  const { lengths } = arrays
  const own = columns.map((name) => checked(arrays[name], name, count, file))
  const record = (row: number) => ({
    line: row + 1,
    values: own.map((array) => entryOf(array, row, lengths?.data[row])),
  })
  for (let from = 0; from < count; from += batch) {
    yield Array.from({ length: Math.min(batch, count - from) }, (_, k) => record(from + k))
  }
}

function checked(array: Numbers | undefined, name: string, count: number, file: string): Numbers {
  if (array && array.shape[0] === count && array.shape.length <= 3) return array
  const found = array ? `has shape [${array.shape.join(', ')}]` : 'is not there'
  const what = `the array "${name}" ${found}; ${count} rows were expected`
  throw invalid(file, 1, what, 'Save arrays [rows, steps, channels].')
}

function entryOf({ shape, data }: Numbers, row: number, length: number | undefined): unknown {
  const [, time, width] = shape
  if (time === undefined) return data[row]
  const steps = Math.min(time, length ?? time)
  const size = time * (width ?? 1)
  const at = (t: number) => {
    const from = row * size + t * (width ?? 1)
    return width === undefined ? data[from] : Array.from(data.subarray(from, from + width))
  }
  return Array.from({ length: steps }, (_, t) => at(t))
}
