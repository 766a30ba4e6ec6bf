import type { SetVersion } from '../../../shared/sequences.ts'
import { lab } from '../../lab.ts'
import type { DataSession } from './session.svelte.ts'

/** The versions of a dataset, the last first; asked for again when it has changed. */
export class KeptVersions {
  all = $state.raw<readonly SetVersion[]>([])
  readonly #session: DataSession

  constructor(session: DataSession) {
    this.#session = session
  }

  /** The one that the dataset is as it stands, such as one that was restored. */
  get now(): SetVersion | undefined {
    return this.all.find(({ isNow }) => isNow)
  }

  async ask(): Promise<void> {
    try {
      this.all = await lab.datasets.versions(this.#session.dataset)
    } catch (thrown) {
      this.#session.problem = thrown
    }
  }
}
