import { LabError } from '../../../shared/errors.ts'
import type { Parameters } from '../../../shared/model.ts'
import { type Floats, sizeOf } from '../../../shared/ndarray.ts'

/** https://github.com/huggingface/safetensors#format: length of the header, header, data. */

export interface Safetensors {
  readonly tensors: Parameters
  readonly metadata: Readonly<Record<string, string>>
}

/** As the format's own reader, so that a damaged length cannot ask for all memory. */
const maxHeaderBytes = 100_000_000

const readers: Readonly<Record<string, { bytes: number; read: (view: DataView, offset: number) => number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => upperHalf(view.getUint16(at, true)) },
}

/** IEEE 754 binary16 to a number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const scratch = new DataView(new ArrayBuffer(4))
/** bfloat16 is the upper half of a float32. */
function upperHalf(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

function fail(where: string, what: string, hint = 'Save or copy the file again.'): never {
  throw new LabError('format-invalid', `${where}: ${what}.`, hint, { file: where })
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0)
}

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: number[]
  readonly begin: number
  readonly end: number
}

function readEntry(name: string, value: unknown, where: string): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>
  if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    return fail(where, `the header's entry of tensor "${name}" is damaged`)
  }
  const [begin = 0, end = 0] = offsets
  const bytes = readers[dtype]?.bytes
  if (bytes === undefined) {
    return fail(where, `tensor "${name}" has type ${dtype}`, `Convert it to one of ${Object.keys(readers).join(', ')}.`)
  }
  if (end - begin !== sizeOf(shape) * bytes) {
    fail(where, `tensor "${name}" has shape [${shape.join(', ')}] and type ${dtype}, but ${end - begin} bytes`)
  }
  return { name, dtype, shape, begin, end }
}

/** The format allows neither gaps nor overlaps: tensors in order of their place must tile the data. */
function checkTiling(entries: readonly Entry[], dataBytes: number, where: string): void {
  let position = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) fail(where, `tensor "${name}" starts at byte ${begin}, expected ${position}`)
    if (end > dataBytes) fail(where, `tensor "${name}" ends at byte ${end} of ${dataBytes}: the file was cut off`)
    position = end
  }
  if (position !== dataBytes) fail(where, `${dataBytes - position} bytes after the last tensor belong to none`)
}

function parseHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) fail(where, 'it is too short to be a safetensors file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > BigInt(Math.min(maxHeaderBytes, bytes.length - 8))) {
    fail(where, `its header claims ${length} bytes, but ${bytes.length - 8} follow`)
  }
  const data = bytes.subarray(8 + Number(length))
  try {
    const header: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + Number(length))),
    )
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return { header: header as Record<string, unknown>, data }
    }
  } catch {
    // Falls through to the one message below.
  }
  return fail(where, 'its header is not JSON')
}

/** Reads every tensor as float32; throws `format-invalid` naming `where` and the tensor. */
export function readSafetensors(bytes: Uint8Array, where: string): Safetensors {
  const { header, data } = parseHeader(bytes, where)
  const { __metadata__: metadata = {}, ...tensors } = header
  const entries = Object.entries(tensors).map(([name, value]) => readEntry(name, value, where))
  checkTiling(entries, data.length, where)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const read = ({ dtype, shape, begin }: Entry): Floats => {
    const reader = readers[dtype] ?? fail(where, `type ${dtype} is not known`)
    const values = Float32Array.from({ length: sizeOf(shape) }, (_, index) =>
      reader.read(view, begin + index * reader.bytes),
    )
    return { shape, data: values }
  }
  return {
    tensors: Object.fromEntries(entries.map((entry) => [entry.name, read(entry)])),
    metadata: Object.fromEntries(Object.entries(metadata as object).filter(([, value]) => typeof value === 'string')),
  }
}

/** The bytes of a safetensors file, F32. The data starts at a multiple of 8 bytes. */
export function writeSafetensors(tensors: Parameters, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  let position = 0
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = position
    position += data.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [begin, position] }] as const
  })
  const json = JSON.stringify({
    ...(Object.keys(metadata).length > 0 && { __metadata__: metadata }),
    ...Object.fromEntries(entries),
  })
  const encoded = new TextEncoder().encode(json)
  const headerLength = Math.ceil(encoded.length / 8) * 8
  const bytes = new Uint8Array(8 + headerLength + position).fill(0x20, 8, 8 + headerLength)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true)
  bytes.set(encoded, 8)
  let offset = 8 + headerLength
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}
