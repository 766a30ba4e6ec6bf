import type { CheckId, CheckReport } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { Engine, ForkEngine } from '../engine/client.ts'
import { startLabEngine } from './engines.ts'

/** How long an engine waits for the next check, in milliseconds. */
const idleLimit = 20_000

/** The lab's checks of itself, on an engine process of their own that ends when nobody asks any more. */
export class Checks {
  readonly #fork: ForkEngine | undefined
  readonly #engines = new Map<string, Promise<Engine>>()
  readonly #running = new Map<string, number>()
  readonly #idle = new Map<string, NodeJS.Timeout>()

  constructor(fork?: ForkEngine) {
    this.#fork = fork
  }

  /** Throws `engine-unavailable` for an engine that does not start. */
  async run(id: CheckId, backend = 'auto'): Promise<CheckReport> {
    clearTimeout(this.#idle.get(backend))
    this.#running.set(backend, (this.#running.get(backend) ?? 0) + 1)
    try {
      const engine = await this.#engine(backend)
      return await engine.functions.check(id)
    } finally {
      const left = (this.#running.get(backend) ?? 1) - 1
      this.#running.set(backend, left)
      if (left === 0) this.#idle.set(backend, setTimeout(() => void this.#stop(backend), idleLimit).unref())
    }
  }

  /** Lets go of an engine. Throws `busy` while it is being checked. */
  async leave(backend: string): Promise<void> {
    if (this.#running.get(backend)) {
      const message = `${backend} is being checked.`
      throw new LabError('busy', message, 'Wait until it is done.', { engine: backend })
    }
    await this.#stop(backend)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.keys()].map((backend) => this.#stop(backend)))
  }

  #engine(backend: string): Promise<Engine> {
    const open = this.#engines.get(backend)
    if (open) return open
    const gone = () => {
      if (this.#engines.get(backend) === starting) this.#engines.delete(backend)
    }
    const starting = startLabEngine({ backend, untested: true, onExit: gone, ...(this.#fork && { fork: this.#fork }) })
    starting.catch(gone)
    this.#engines.set(backend, starting)
    return starting
  }

  async #stop(backend: string): Promise<void> {
    clearTimeout(this.#idle.get(backend))
    const engine = await this.#engines.get(backend)?.catch(() => undefined)
    this.#engines.delete(backend)
    await engine?.stop()
  }
}
