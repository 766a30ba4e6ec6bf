import type { RunSpecInput } from '../../../shared/spec.ts'
import { i18n } from '../../i18n/index.svelte.ts'
import { lab } from '../../lab.ts'
import { hrefs, router } from '../../state/router.svelte.ts'
import { large, memoryOf, newName } from '../training/labels.ts'

/** Creating an experiment, setting it in motion and opening it; a refusal stays where it was asked for. */
export class Launch {
  busy = $state(false)
  problem = $state.raw<unknown>(null)

  /** `data` names the experiment, beside its cells, where the person gave no name. */
  async go(
    spec: RunSpecInput,
    data = i18n.t.tasks[spec.task.id] ?? spec.task.id,
    name = '',
    engine?: string,
  ): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = null
    try {
      const taken = (await lab.experiments.list()).map((experiment) => experiment.name)
      const own = name.trim() || newName(data, spec.cells, taken, i18n.t)
      const { id, runs } = await lab.experiments.create(spec, own, engine)
      // The experiment's own page says what a large one needs, and starts it.
      if (memoryOf(runs) < large) await this.#play(id)
      router.go(hrefs.experiment(id))
    } catch (thrown) {
      this.problem = thrown
    } finally {
      this.busy = false
    }
  }

  /** A start that is refused leaves no experiment behind, or asking again would make another. */
  async #play(id: string): Promise<void> {
    try {
      await lab.training.play(id)
    } catch (thrown) {
      await lab.experiments.remove(id).catch(() => {})
      throw thrown
    }
  }
}
