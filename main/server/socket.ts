import type { WebSocket } from 'ws'
import type { Wire } from '../../shared/rpc.ts'

/** Between two signs of life, in milliseconds; a page that misses one is gone. */
const heartbeatEvery = 30_000

/** A WebSocket as the wire of one page. */
export function socketWire(socket: WebSocket): Wire {
  let alive = true
  const heartbeat = setInterval(() => {
    if (!alive) {
      socket.terminate()
      return
    }
    alive = false
    socket.ping()
  }, heartbeatEvery)
  heartbeat.unref()
  socket.on('pong', () => {
    alive = true
  })
  // A broken connection ends in 'close' as well; without a listener it would end the process.
  socket.on('error', () => {})
  return {
    // Resolves when the page's side has taken it: what is large waits for a slow one. A lost one needs no answer.
    send: (frame) =>
      new Promise((resolve) => {
        if (socket.readyState === socket.OPEN) socket.send(frame, () => resolve())
        else resolve()
      }),
    receive: (handler) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) handler(data)
        else socket.close(1003, 'binary frames only')
      })
    },
    closed: new Promise((resolve) => {
      socket.on('close', () => {
        clearInterval(heartbeat)
        resolve(undefined)
      })
    }),
  }
}
