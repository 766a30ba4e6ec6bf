import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { channel, pageWire } from './page-wire.ts'

/** The two calls of ipcRenderer that the wire uses, with what was sent kept. */
class Ipc extends EventEmitter {
  readonly sent: unknown[][] = []
  send(...args: unknown[]): void {
    this.sent.push(args)
  }
}

it('exposes two functions and nothing else', () => {
  expect(Object.keys(pageWire(new Ipc())).sort()).toMatchInlineSnapshot(`
    [
      "receive",
      "send",
    ]
  `)
})

it('hands callbacks the payload only', () => {
  const ipc = new Ipc()
  const wire = pageWire(ipc)
  const received: unknown[][] = []
  wire.receive((...args) => received.push(args))
  ipc.emit(channel, { sender: ipc }, new Uint8Array([1, 2]))
  expect(received).toEqual([[new Uint8Array([1, 2])]])
  wire.send(new Uint8Array([3]))
  expect(ipc.sent).toEqual([[channel, new Uint8Array([3])]])
})
