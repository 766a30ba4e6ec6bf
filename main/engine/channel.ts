import { setImmediate } from 'node:timers/promises'
import { inParts } from '../../shared/pieces.ts'

/** Structured-clone messages between an engine process and its host. */
export interface Channel {
  /** Resolves, where it is a promise, when it is time for the next piece of something large. */
  post(message: unknown): void | Promise<void>
  receive(handler: (message: unknown) => void): void
}

/** Electron's utilityProcess gives its child a port in place of Node's channel. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', handler: (event: { data: unknown }) => void): void
}

/** The engine process' end. The process exits when its host is gone, however it went. */
export function hostChannel(): Channel {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort
  if (port) {
    return {
      post: async (message) => {
        port.postMessage(message)
        await setImmediate()
      },
      receive: (handler) => port.on('message', ({ data }) => handler(data)),
    }
  }
  if (!process.send) throw new Error('the engine is started by the lab, not by hand')
  process.on('disconnect', () => process.exit(0))
  // A terminal sends its signals to the whole group; when to stop is the host's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  return {
    // A message to a host that has just gone is lost; 'disconnect' ends this process.
    post: (message) =>
      new Promise((resolve) => process.send?.(message as never, undefined, undefined, () => resolve())),
    receive: (handler) => process.on('message', handler),
  }
}

/** Answers go in pieces where they are large; events as they are, since they must not overtake each other. */
export async function postAnswers(channel: Channel, message: { readonly t?: string; readonly i?: string }) {
  const parts = message.t === 's' ? inParts(message, message.i as string) : null
  for (const part of parts ?? [message]) await channel.post(inOwnMemory(part))
}

/** A structured clone of a view takes all that is behind it along. */
const inOwnMemory = (message: object): object =>
  'bytes' in message && message.bytes instanceof Uint8Array ? { ...message, bytes: message.bytes.slice() } : message
