import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** 256 bits, fit for an address' fragment. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The subprotocol list of the page's WebSocket: `unroll`, and the token, which no log line shows. */
const protocol = 'unroll'
const tokenPrefix = 'token.'

/**
 * Who may talk to the lab: a page that this server sent to this browser. Host and Origin are compared
 * exactly, so that a page of another site, or another site's name pointed at loopback, gets nothing.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>
  readonly #token: string

  constructor(port: number, token: string) {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
    this.#token = token
  }

  allowsHost({ headers }: IncomingMessage): boolean {
    return headers.host !== undefined && this.#hosts.has(headers.host)
  }

  /** Whether a WebSocket may be opened: right Host, Origin of the same host, and the token. */
  allowsSocket(request: IncomingMessage): boolean {
    if (!this.allowsHost(request)) return false
    if (request.headers.origin !== `http://${request.headers.host}`) return false
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    const token = offered.find((name) => name.startsWith(tokenPrefix))?.slice(tokenPrefix.length) ?? ''
    return offered.includes(protocol) && sameSecret(token, this.#token)
  }
}

/** Compares in a time that tells nothing about where two secrets differ. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
