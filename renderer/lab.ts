import { createSubscriber } from 'svelte/reactivity'
import type { Lab } from '../shared/contract.ts'
import { connectLab, type Wire } from '../shared/rpc.ts'

/**
 * The lab as the page sees it, and the only file that knows how it is reached: through Electron's
 * preload where there is one, else over a WebSocket with the token the printed address carries.
 */
declare global {
  interface Window {
    /** Set by Electron's preload. */
    readonly unrollWire?: Wire
  }
}

export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused' | 'no-token'

const tokenKey = 'unroll-token'
const firstRetryMs = 300
const longestRetryMs = 4000

let state: ConnectionState = 'connecting'
let changed: (() => void) | undefined
const subscribe = createSubscriber((update) => {
  changed = update
})

export const connection = {
  get state(): ConnectionState {
    subscribe()
    return state
  },
}

function become(next: ConnectionState): void {
  state = next
  changed?.()
}

/** Takes the token out of the address bar; a route in the fragment is left alone. */
function readToken(): string | null {
  const match = /^#(?:token=)?([\w-]{16,})$/.exec(location.hash)
  if (match?.[1]) {
    sessionStorage.setItem(tokenKey, match[1])
    history.replaceState(null, '', `${location.pathname}${location.search}#/`)
  }
  return sessionStorage.getItem(tokenKey)
}

let remote: Lab | undefined
let waiting: (() => void)[] = []

function opened(wire: Wire): void {
  remote = connectLab(wire)
  for (const go of waiting) go()
  waiting = []
  become('open')
}

async function connected(): Promise<Lab> {
  while (!remote) await new Promise<void>((resolve) => waiting.push(resolve))
  return remote
}

function openSocket(token: string, attempt: number, everOpen: boolean): void {
  const address = new URL('lab', location.href)
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  address.hash = ''
  const socket = new WebSocket(address, ['unroll', `token.${token}`])
  socket.binaryType = 'arraybuffer'
  let wasOpen = false
  const closed = new Promise<unknown>((resolve) => socket.addEventListener('close', resolve))
  socket.addEventListener('open', () => {
    wasOpen = true
    opened({
      send: (frame) => socket.send(frame as Uint8Array<ArrayBuffer>),
      receive: (handler) =>
        socket.addEventListener('message', (event: MessageEvent<ArrayBuffer>) => handler(new Uint8Array(event.data))),
      closed,
    })
  })
  socket.addEventListener('close', () => {
    remote = undefined
    const seen = everOpen || wasOpen
    // A browser does not say why a handshake failed: never having been open, the token is the likely cause.
    become(seen ? 'lost' : 'refused')
    const wait = wasOpen ? firstRetryMs : Math.min(longestRetryMs, firstRetryMs * 2 ** attempt)
    setTimeout(() => openSocket(token, wasOpen ? 0 : attempt + 1, seen), wait)
  })
}

function connect(): void {
  if (window.unrollWire) {
    opened(window.unrollWire)
    return
  }
  const token = readToken()
  if (token) openSocket(token, 0, false)
  else become('no-token')
}

type Room = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

/** Calls wait for a connection; one that is under way when it drops fails as `disconnected`. */
export const lab = new Proxy({} as Lab, {
  get: (_, room: keyof Lab) =>
    new Proxy({} as Room, {
      get:
        (_room, method: string) =>
        async (...args: unknown[]) =>
          ((await connected())[room] as unknown as Room)[method]?.(...args),
    }),
})

connect()
