/** Structured-clone messages between an engine process and its host. */
export interface Channel {
  post(message: unknown): void
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
      post: (message) => port.postMessage(message),
      receive: (handler) => port.on('message', ({ data }) => handler(data)),
    }
  }
  if (!process.send) throw new Error('the engine is started by the lab, not by hand')
  process.on('disconnect', () => process.exit(0))
  // A terminal sends its signals to the whole group; when to stop is the host's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  return {
    // A message to a host that has just gone is lost; 'disconnect' ends this process.
    post: (message) => process.send?.(message as never, undefined, undefined, () => {}),
    receive: (handler) => process.on('message', handler),
  }
}
