import type { SequenceRow } from '../../../shared/sequences.ts'
import { lab } from '../../lab.ts'
import { RecipeForm } from './recipe-form.svelte.ts'

/** What will draw a live set, and the first rows that come of it. */
export class SketchedForm extends RecipeForm {
  sketch = $state.raw<readonly SequenceRow[]>([])
  problem = $state.raw<unknown>(null)
  #latest = 0

  /** Draws the first rows; of several that are under way, the last one counts. */
  async look(): Promise<void> {
    const { recipe } = this
    if (!recipe) return
    const mine = ++this.#latest
    try {
      const sketch = await lab.datasets.sketch(recipe.task, recipe.seed)
      if (mine !== this.#latest) return
      this.sketch = sketch
      this.problem = null
    } catch (thrown) {
      if (mine === this.#latest) this.problem = thrown
    }
  }
}
