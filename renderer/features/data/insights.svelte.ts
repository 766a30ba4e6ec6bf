import type { Insight } from '../../../shared/insight.ts'
import { lab } from '../../lab.ts'
import type { DataSession } from './session.svelte.ts'

/** What the dataset holds, asked for again when it has changed. */
export class Insights {
  latest = $state.raw<Insight | null>(null)
  readonly #session: DataSession
  #asking = false
  #wanted = -1

  constructor(session: DataSession) {
    this.#session = session
  }

  follow(revision: number): void {
    this.#wanted = revision
    if (!this.#asking) void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#asking = true
    try {
      do this.latest = await lab.datasets.insight(this.#session.id)
      while (this.latest.revision < this.#wanted)
    } catch (thrown) {
      this.#session.problem = thrown
    } finally {
      this.#asking = false
    }
  }
}
