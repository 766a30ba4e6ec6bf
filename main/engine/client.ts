import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createBirpc } from 'birpc'
import { LabError, type LabErrorData } from '../../shared/errors.ts'
import { Assembly } from '../../shared/pieces.ts'
import type { Channel } from './channel.ts'
import type { EngineEvents, EngineFunctions } from './protocol.ts'

export interface EngineExit {
  readonly code: number | null
  readonly signal: string | null
  /** Whether the host asked for it. */
  readonly expected: boolean
}

/** A started process, however it was started: Node's fork, or Electron's utilityProcess. */
export interface EngineChild extends Channel {
  readonly pid: number | undefined
  kill(): void
  onExit(handler: (code: number | null, signal: string | null) => void): void
}

/** `env` is added to the host's own environment. */
export type ForkEngine = (entry: string, args: readonly string[], env?: Readonly<Record<string, string>>) => EngineChild

export interface EngineOptions {
  /** Backend id, or `auto`. */
  readonly backend?: string
  /** Threads it may compute with. Left out: all of the machine's cores but one, which is the page's. */
  readonly threads?: number
  /** Added to the environment of the process: where an engine pack's libraries are. */
  readonly env?: Readonly<Record<string, string>>
  readonly onEvents?: EngineEvents
  readonly onExit?: (exit: EngineExit) => void
  readonly fork?: ForkEngine
}

export interface Engine {
  /** Rejects with LabError: the engine's own, or `engine-died` when the process went away. */
  readonly functions: EngineFunctions
  readonly pid: number | undefined
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** Under Node the sources run as they are; a bundle has the process beside it as engine.js. */
const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './engine.js', import.meta.url))

const noEvents: EngineEvents = { rows() {}, state() {}, checkpoint() {}, moment() {} }

/**
 * Starts an engine process and waits until its backend is there.
 * Throws LabError `engine-unavailable` or `engine-died` when it does not start.
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const { backend = 'auto', onEvents = noEvents, onExit, fork: start = forkNode } = options
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1)
  const child = start(entry, [backend, String(threads)], options.env)
  let expected = false
  const gone = Promise.withResolvers<EngineExit>()
  child.onExit((code, signal) => gone.resolve({ code, signal, expected }))
  gone.promise.then((exit) => onExit?.(exit))

  const assembly = new Assembly()
  const remote = createBirpc<Record<string, (...args: unknown[]) => Promise<Reply>>>(
    { ...onEvents },
    {
      post: child.post,
      on: (receive) =>
        child.receive((part) => {
          const message = assembly.take(part)
          if (message) receive(message)
        }),
      timeout: -1,
    },
  )
  const call = async (name: keyof EngineFunctions, args: unknown[]): Promise<unknown> => {
    const reply = await Promise.race([remote.$call(name, ...args), gone.promise.then(died)])
    if (reply.error) throw LabError.from(reply.error)
    return reply.value
  }
  const functions = new Proxy({} as EngineFunctions, {
    // `then` would make the proxy look like a promise.
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name as never, args) : undefined,
  })
  const engine: Engine = {
    functions,
    pid: child.pid,
    async stop() {
      expected = true
      child.kill()
      await gone.promise
    },
    kill() {
      expected = true
      child.kill()
    },
  }
  try {
    await functions.info()
  } catch (thrown) {
    await engine.stop()
    throw thrown
  }
  return engine
}

interface Reply {
  readonly value?: unknown
  readonly error?: LabErrorData
}

function died({ code, signal }: EngineExit): Reply {
  const how = signal ? `signal ${signal}` : `code ${code}`
  return {
    error: {
      code: 'engine-died',
      message: `The engine process ended with ${how}.`,
      hint: 'Continue from the last checkpoint.',
      details: { how },
    },
  }
}

function forkNode(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): EngineChild {
  const child = fork(path, [...args], {
    serialization: 'advanced',
    env: { ...process.env, ...env },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  return {
    pid: child.pid,
    // A message to a process that has just died is lost, which its exit reports.
    post: (message) => {
      if (child.connected) child.send(message as never, () => {})
    },
    receive: (handler) => child.on('message', handler),
    kill: () => child.kill('SIGKILL'),
    onExit: (handler) => child.on('exit', handler),
  }
}
