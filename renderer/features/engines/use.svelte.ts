import type { Experiment } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'

/** How often experiments are asked whether they train, in milliseconds. */
const every = 3000

/** Which experiments train on which engine now. */
export class Use {
  #training = $state.raw<readonly Experiment[]>([])

  on(engine: string): readonly Experiment[] {
    return this.#training.filter((experiment) => experiment.engine === engine)
  }

  /** Looks again and again until the returned function is called. */
  watch(): () => void {
    void this.read()
    const timer = setInterval(() => void this.read(), every)
    return () => clearInterval(timer)
  }

  async read(): Promise<void> {
    try {
      const experiments = await lab.experiments.list()
      this.#training = experiments.filter(({ runs }) => runs.some(({ state }) => state === 'training'))
    } catch {
      // The connection's own banner says so.
    }
  }
}
