import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Lab } from '../../shared/contract.ts'
import { connectLab } from '../../shared/rpc.ts'

/** The lab behind an address, asked as the page asks it: for what a test compares the page with. */
export async function labAt(address: string): Promise<{ readonly lab: Lab; readonly close: () => void }> {
  const { origin, hash, host } = new URL(address)
  const socket = new WebSocket(`ws://${host}/lab`, ['unroll', `token.${hash.slice(1)}`], {
    headers: { origin },
    maxPayload: 0,
  })
  await once(socket, 'open')
  const lab = connectLab({
    send: (frame) => socket.send(frame),
    receive: (handler) => socket.on('message', (data: Buffer) => handler(data)),
  })
  return { lab, close: () => socket.close() }
}
