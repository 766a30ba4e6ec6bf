import { setImmediate } from 'node:timers/promises'
import type { IpcMain, IpcMainEvent, WebContents } from 'electron'
import { maxUploadBytes } from '../../shared/method.ts'
import type { Wire } from '../../shared/rpc.ts'
import { channel } from './page-wire.ts'
import { isOwnFrame } from './security.ts'

/** An upload travels in one frame, with a little around it. */
const maxFrameBytes = maxUploadBytes + 64 * 1024

/** A frame of the page itself, or undefined for what is refused: another sender, no bytes, too many. */
export function acceptedFrame(sender: IpcMainEvent['senderFrame'], frame: unknown): Uint8Array | undefined {
  if (!isOwnFrame(sender) || !(frame instanceof Uint8Array)) return undefined
  return frame.byteLength <= maxFrameBytes ? frame : undefined
}

/**
 * The lab's end of a window's wire. It lives as long as the window: a page that is loaded again makes
 * calls with names of its own, and ignores the answers to those of the page before.
 */
export function windowWire(ipc: Pick<IpcMain, 'on' | 'off'>, contents: WebContents): Wire {
  const closed = new Promise<void>((resolve) => contents.once('destroyed', () => resolve()))
  return {
    async send(frame) {
      if (!contents.isDestroyed()) contents.send(channel, frame)
      await setImmediate()
    },
    receive(handler) {
      const listener = (event: IpcMainEvent, data: unknown) => {
        const frame = event.sender === contents ? acceptedFrame(event.senderFrame, data) : undefined
        if (frame) handler(frame)
      }
      ipc.on(channel, listener)
      void closed.then(() => ipc.off(channel, listener))
    },
    closed,
  }
}
