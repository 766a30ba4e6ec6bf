import { createBirpc } from 'birpc'
import { Packr } from 'msgpackr'
import * as v from 'valibot'
import { contract, type Handlers, type Lab } from './contract.ts'
import { errorData, LabError } from './errors.ts'
import type { Method } from './method.ts'
import { Assembly, inParts } from './pieces.ts'
import { RunSpec } from './spec.ts'
import { parse } from './validation.ts'

/** A way for frames to the other side: a WebSocket, a MessagePort, a pair of queues in a test. */
export interface Wire {
  /** Resolves, where it is a promise, when it is time for the next piece of something large. */
  send(frame: Uint8Array): void | Promise<void>
  /** Called once; every frame from the other side goes to `handler`. */
  receive(handler: (frame: Uint8Array) => void): void
  /** Settles when the other side is gone; calls under way are then refused as `disconnected`. */
  readonly closed?: Promise<unknown>
}

/**
 * How values become bytes. No records: they would be compiled with `new Function`, which the page's
 * content security policy refuses. `moreTypes` carries typed arrays, which arrive as their own class in
 * memory of their own.
 */
export const frameOptions = { useRecords: false, mapsAsObjects: true, moreTypes: true } as const
const packr = new Packr(frameOptions)

/** The bytes of a value, in memory of their own: the packer's buffer is shared between calls. */
export function encodeFrame(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packr.pack(value))
}

/** The inverse of `encodeFrame`. Throws where the bytes are no frame. */
export function decodeFrame(bytes: Uint8Array): unknown {
  return packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

const CallId = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
/** A call as birpc writes it: type "q", id, method, arguments. */
const Call = v.strictObject({
  t: v.literal('q'),
  i: CallId,
  m: v.pipe(v.string(), v.maxLength(100)),
  a: v.pipe(v.array(v.unknown()), v.maxLength(16)),
})
/** birpc's answer: type "s", the call's id, a result or an error. */
interface Answer {
  readonly t: 's'
  readonly i: string
  readonly r?: unknown
  readonly e?: unknown
}

type AnyMethod = Method<v.StrictTupleSchema<v.TupleItems, undefined>, unknown>
type AnyHandler = (...args: unknown[]) => unknown

/** Every method of the contract by its name on the wire, `room.name`. */
const methods: ReadonlyMap<string, AnyMethod> = new Map(
  Object.entries(contract).flatMap(([room, names]) =>
    Object.entries(names).map(([name, method]) => [`${room}.${name}`, method as unknown as AnyMethod] as const),
  ),
)

const reload = 'Reload the page, so that it and the lab are of one version.'

/** Arguments checked and completed. A spec is what a person wrote: its errors are `spec-invalid`. */
function parseArguments(name: string, method: AnyMethod, args: readonly unknown[]): unknown[] {
  if (args.length > method.args.items.length) {
    throw new LabError(
      'message-invalid',
      `${name} takes ${method.args.items.length} arguments, got ${args.length}.`,
      reload,
    )
  }
  return method.args.items.map((item, index) => {
    const isSpec = (item as unknown) === RunSpec
    const where = isSpec ? 'the experiment' : `${name}, argument ${index + 1}`
    return parse(item as v.GenericSchema, args[index], isSpec ? 'spec-invalid' : 'message-invalid', where)
  })
}

function readCall(frame: Uint8Array): v.InferOutput<typeof Call> {
  let message: unknown
  try {
    message = decodeFrame(frame)
  } catch {
    throw new LabError('message-invalid', 'A message could not be decoded.', reload)
  }
  return parse(Call, message, 'message-invalid', 'a message')
}

/**
 * Answers the contract's calls that arrive over `wire`. Nothing that arrives can throw here: a frame that
 * is not a call is answered with a refusal without an id, a call that does not fit the contract with
 * `message-invalid`.
 */
export function serveLab(handlers: Handlers, wire: Wire): void {
  const rooms = handlers as unknown as Readonly<Record<string, Readonly<Record<string, AnyHandler>>>>
  const resolver = (name: string): AnyHandler => {
    const method = methods.get(name)
    if (!method) throw new LabError('message-invalid', `There is no method "${name}".`, reload)
    const [room = '', key = ''] = name.split('.')
    return async (...args) => {
      const parsed = parseArguments(name, method, args)
      return rooms[room]?.[key]?.(...parsed)
    }
  }
  const refuse = (error: unknown) => wire.send(encodeFrame({ t: 's', i: '', e: errorData(error) }))
  const rpc = createBirpc<Record<string, never>, Record<string, never>>(
    {},
    {
      post: async (frames: Iterable<Uint8Array>) => {
        for (const frame of frames) await wire.send(frame)
      },
      on: (receive) =>
        wire.receive((frame) => {
          let call: ReturnType<typeof readCall>
          try {
            call = readCall(frame)
          } catch (error) {
            refuse(error)
            return
          }
          // Returns a promise that never rejects: every error is an answer.
          void receive(call)
        }),
      serialize: (answer: Answer) => framesOf('e' in answer ? { ...answer, e: errorData(answer.e) } : answer),
      resolver: (name) => {
        try {
          return resolver(name)
        } catch (error) {
          return () => Promise.reject(error)
        }
      },
      // A result that cannot be sent is answered with an error by birpc; a closed wire needs no answer.
      onGeneralError: () => true,
    },
  )
  wire.closed?.finally(() => rpc.$close())
}

/** An answer's frames: one, or those of its large arrays before it. */
function framesOf(answer: Answer): Iterable<Uint8Array> {
  const parts = inParts(answer, answer.i)
  return parts ? encoded(parts) : [encodeFrame(answer)]
}

function* encoded(parts: Iterable<unknown>): Generator<Uint8Array> {
  for (const part of parts) yield encodeFrame(part)
}

/** The lab at the other end of `wire`: `lab.room.method(...)`. Errors arrive as LabError. */
export function connectLab(wire: Wire): Lab {
  const assembly = new Assembly()
  const rpc = createBirpc<Record<string, AnyHandler>>(
    {},
    {
      post: (frame: Uint8Array) => wire.send(frame),
      on: (receive) =>
        wire.receive((frame) => {
          const answer = assembly.take(decodeFrame(frame)) as Answer | undefined
          if (answer) void receive('e' in answer ? { ...answer, e: LabError.from(errorData(answer.e)) } : answer)
        }),
      serialize: encodeFrame,
      // A call takes as long as it takes (a large file, an engine's start); a lost wire ends it.
      timeout: -1,
    },
  )
  const lost = () => {
    const hint = 'Reload the page; if that does not help, start Unroll again.'
    return new LabError('disconnected', 'The connection to the lab was lost.', hint)
  }
  const close = () => rpc.$close(lost())
  wire.closed?.then(close, close)
  const call =
    (name: string): AnyHandler =>
    (...args) =>
      rpc.$closed ? Promise.reject(lost()) : rpc.$call(name, ...args)
  return Object.fromEntries(
    Object.entries(contract).map(([room, names]) => [
      room,
      Object.fromEntries(Object.keys(names).map((name) => [name, call(`${room}.${name}`)])),
    ]),
  ) as unknown as Lab
}
