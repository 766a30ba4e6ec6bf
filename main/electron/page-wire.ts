/** The one channel between window and lab; it carries the contract's frames and nothing else. */
export const channel = 'frame'

/** The part of Electron's ipcRenderer that the wire uses. */
interface Ipc {
  send(channel: string, frame: Uint8Array): void
  on(channel: string, listener: (event: unknown, frame: Uint8Array) => void): unknown
}

/** What the page gets of Electron. Callbacks get the payload only: an IPC event would hand over its sender. */
export function pageWire(ipc: Ipc) {
  return {
    send(frame: Uint8Array): void {
      ipc.send(channel, frame)
    },
    receive(callback: (frame: Uint8Array) => void): void {
      ipc.on(channel, (_event, frame) => callback(frame))
    },
  }
}
