import { type CheckId, type CheckReport, checkIds } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'

export type CheckState =
  | { readonly state: 'waiting' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly report: CheckReport }
  | { readonly state: 'failed'; readonly thrown: unknown }

/** The checks of the lab by itself, one after the other; what was found stays while one moves about. */
class Checking {
  readonly #found: Record<CheckId, CheckState> = $state(
    Object.fromEntries(checkIds.map((id) => [id, { state: 'waiting' }])) as Record<CheckId, CheckState>,
  )
  running = $state(false)
  #stopped = false

  of(id: CheckId): CheckState {
    return this.#found[id]
  }

  get reports(): CheckReport[] {
    return checkIds.flatMap((id) => {
      const found = this.#found[id]
      return found.state === 'done' ? [found.report] : []
    })
  }

  async run(): Promise<void> {
    if (this.running) return
    this.running = true
    this.#stopped = false
    for (const id of checkIds) this.#found[id] = { state: 'waiting' }
    try {
      for (const id of checkIds) {
        if (this.#stopped) break
        await this.#check(id)
      }
    } finally {
      this.running = false
    }
  }

  /** The check that is under way comes to its end; the next does not begin. */
  stop(): void {
    this.#stopped = true
  }

  async #check(id: CheckId): Promise<void> {
    this.#found[id] = { state: 'running' }
    try {
      this.#found[id] = { state: 'done', report: await lab.lab.check(id) }
    } catch (thrown) {
      this.#found[id] = { state: 'failed', thrown }
    }
  }
}

export const checking = new Checking()
