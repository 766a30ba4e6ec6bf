import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Handlers } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import { maxUploadBytes } from '../../shared/method.ts'
import { serveLab } from '../../shared/rpc.ts'
import { Guard, newToken } from './guard.ts'
import { securityHeaders, sendPage } from './pages.ts'
import { socketWire } from './socket.ts'

/** Where the lab is looked for first; the next free port is taken when another lab is there. */
export const usualPort = 7816
const portsTried = 20

export interface LabServer {
  /** With the token in its fragment, which browsers never send anywhere. */
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

export interface ServerOptions {
  readonly handlers: Handlers
  /** Folder of the built page. */
  readonly page: string
  /** Exactly this port; left out: the usual one or the next that is free. */
  readonly port?: number | undefined
}

/**
 * Serves page and lab on loopback. Throws LabError `usage` when the port is taken.
 */
export async function startServer({ handlers, page, port }: ServerOptions): Promise<LabServer> {
  const http = createServer((request, response) => {
    if (!guard.allowsHost(request)) {
      response.writeHead(421, securityHeaders).end()
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...securityHeaders, Allow: 'GET, HEAD' }).end()
    } else {
      void sendPage(page, (request.url ?? '/').split('?', 1)[0] as string, response)
    }
  })
  // An upload travels in one frame, with a little around it.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxUploadBytes + 64 * 1024,
    handleProtocols: () => 'unroll',
    perMessageDeflate: false,
  })
  http.on('upgrade', (request, stream, head) => {
    stream.on('error', () => {})
    if (request.url !== '/lab' || !guard.allowsSocket(request)) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, stream, head, (socket) => serveLab(handlers, socketWire(socket)))
  })
  const bound = await listen(http, port)
  const token = newToken()
  const guard = new Guard(bound, token)
  return {
    address: `http://127.0.0.1:${bound}/#${token}`,
    port: bound,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

async function listen(server: Server, wanted: number | undefined): Promise<number> {
  const candidates = wanted === undefined ? Array.from({ length: portsTried }, (_, k) => usualPort + k) : [wanted]
  for (const port of candidates) {
    const error = await tryPort(server, port)
    if (!error) return (server.address() as AddressInfo).port
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
  }
  const taken = wanted ?? `${usualPort} to ${usualPort + portsTried - 1}`
  throw new LabError('usage', `Port ${taken} is taken.`, 'Choose another with --port.', { port: String(taken) })
}

function tryPort(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error)
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      resolve(undefined)
    })
  })
}
