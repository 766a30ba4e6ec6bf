import type { UtilityProcess } from 'electron'
import type { EngineChild } from '../engine/client.ts'

/** How long an engine may take to end by itself, in ms. It holds nothing that is not saved. */
const graceMs = 1000

/**
 * An engine process as Electron starts it. Electron's utilityProcess has three traps, all closed here:
 * a message posted while it exits brings the main process down, an exit may be reported twice, and
 * whoever listens to an exit may post to another process, so listeners run after Electron is done.
 */
export function engineChild(child: UtilityProcess, killNow: (pid: number) => void): EngineChild {
  let gone = false
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      gone = true
      setImmediate(resolve, code ?? null)
    })
  })
  return {
    pid: child.pid,
    post: (message) => {
      if (!gone) child.postMessage(message)
    },
    receive: (handler) => {
      child.on('message', handler)
    },
    kill: () => {
      if (gone) return
      const { pid } = child
      child.kill()
      // A training step does not look at signals until it is over.
      const late = setTimeout(() => {
        if (!gone && pid !== undefined) killNow(pid)
      }, graceMs)
      void exited.then(() => clearTimeout(late))
    },
    onExit: (handler) => {
      void exited.then((code) => handler(code, null))
    },
  }
}
