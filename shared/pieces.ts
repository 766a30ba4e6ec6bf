/**
 * Large arrays of a message travel in pieces ahead of it, one after the other: other messages pass between
 * them, and neither side stands still while a hundred megabytes are packed, sent and read.
 */

/** Arrays of at least so many bytes travel apart from their message. */
const apartFrom = 2 ** 18
/** Bytes of a piece: a millisecond's work. */
const pieceBytes = 2 ** 20

const kinds = { Float32Array, Float64Array, Int32Array, Uint8Array } as const
type Kind = keyof typeof kinds
type Wide = InstanceType<(typeof kinds)[Kind]>
type Path = readonly string[]

export type Part =
  | { readonly part: 'arrays'; readonly of: string; readonly arrays: readonly (readonly [Kind, length: number])[] }
  | {
      readonly part: 'piece'
      readonly of: string
      readonly array: number
      readonly at: number
      readonly bytes: Uint8Array
    }
  | { readonly part: 'message'; readonly of: string; readonly places: readonly Path[]; readonly message: unknown }

const kindOf = (value: ArrayBufferView): Kind | undefined =>
  (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind])

function* largeArrays(value: unknown, path: Path = []): Generator<readonly [Path, Kind, Wide]> {
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value)) {
    const kind = value.byteLength >= apartFrom ? kindOf(value) : undefined
    if (kind) yield [path, kind, value as Wide]
    return
  }
  // Long lists are of texts or numbers, and hold no arrays.
  if (Array.isArray(value) && typeof value[0] !== 'object') return
  for (const [key, part] of Object.entries(value)) yield* largeArrays(part, [...path, key])
}

type Tree = Record<string, unknown>

/** A copy of a message with null at a place; the message stays as it is. */
function emptied(message: unknown, [key = '', ...rest]: Path): unknown {
  const copy = (Array.isArray(message) ? [...message] : { ...(message as Tree) }) as Tree
  copy[key] = rest.length ? emptied(copy[key], rest) : null
  return copy
}

/** A message in parts, which are to be sent in this order; null where it is small enough to travel as it is. */
export function inParts(message: unknown, of: string): Iterable<Part> | null {
  const large = [...largeArrays(message)]
  if (!large.length) return null
  const places = large.map(([path]) => path)
  const rest = places.reduce(emptied, message)
  return (function* () {
    yield { part: 'arrays', of, arrays: large.map(([, kind, { length }]) => [kind, length] as const) } as const
    for (const [array, [, , { buffer, byteOffset, byteLength }]] of large.entries()) {
      for (let at = 0; at < byteLength; at += pieceBytes) {
        const bytes = new Uint8Array(buffer, byteOffset + at, Math.min(pieceBytes, byteLength - at))
        yield { part: 'piece', of, array, at, bytes } as const
      }
    }
    yield { part: 'message', of, places, message: rest } as const
  })()
}

const isPart = (message: unknown): message is Part =>
  typeof message === 'object' && message !== null && 'part' in message

/** Puts together what comes in parts. */
export class Assembly {
  readonly #arrays = new Map<string, readonly Wide[]>()

  /** The message that has come, or is complete with this part; undefined while more is to come. */
  take(message: unknown): unknown {
    if (!isPart(message)) return message
    const { of } = message
    if (message.part === 'arrays') {
      this.#arrays.set(
        of,
        message.arrays.map(([kind, length]) => new kinds[kind](length)),
      )
      return undefined
    }
    // Of an answer to a page that was loaded again the beginning is missing.
    const arrays = this.#arrays.get(of)
    if (!arrays) return undefined
    if (message.part === 'piece') {
      const { buffer } = arrays[message.array] as Wide
      new Uint8Array(buffer, message.at, message.bytes.byteLength).set(message.bytes)
      return undefined
    }
    this.#arrays.delete(of)
    for (const [k, path] of message.places.entries()) put(message.message, path, arrays[k] as Wide)
    return message.message
  }
}

function put(message: unknown, path: Path, value: Wide): void {
  const holder = path.slice(0, -1).reduce((tree, key) => (tree as Tree)[key], message) as Tree
  holder[path.at(-1) as string] = value
}
