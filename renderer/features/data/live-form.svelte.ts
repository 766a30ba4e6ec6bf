import type { TaskInfo } from '../../../shared/contract.ts'
import type { Recipe } from '../../../shared/sequences.ts'
import { RecipeForm } from './recipe-form.svelte.ts'

/** The lab fills in what a form does not ask for. */
const isOf = (asked: Recipe, full: Recipe) =>
  asked.seed === full.seed &&
  asked.rows === full.rows &&
  Object.entries(asked.task).every(([key, value]) => full.task[key] === value)

/** The dials of a live set: whenever one is turned, its rows are drawn anew. */
export class LiveForm extends RecipeForm {
  readonly #draw: (recipe: Recipe) => Promise<boolean>
  /** What was drawn last from here: anything else that comes was undone, done again or restored. */
  #drawn: Recipe
  #isDrawing = false

  /** `draw` is false where the lab refuses. */
  constructor(tasks: readonly TaskInfo[], live: Recipe, draw: (recipe: Recipe) => Promise<boolean>) {
    super(tasks, live)
    this.#draw = draw
    this.#drawn = live
  }

  /** The set is drawn by this now: dials that it was not drawn by from here are turned to it. */
  follow(live: Recipe): void {
    if (this.#isDrawing) return
    if (!isOf(this.#drawn, live)) this.load(live)
    this.#drawn = live
  }

  /** Draws what the dials say; where they are turned on meanwhile, what they say then. */
  async turned(): Promise<void> {
    if (this.#isDrawing) return
    this.#isDrawing = true
    try {
      for (let { recipe } = this; recipe && !isOf(recipe, this.#drawn); { recipe } = this) {
        if (!(await this.#draw(recipe))) return
        this.#drawn = recipe
      }
    } finally {
      this.#isDrawing = false
    }
  }
}
