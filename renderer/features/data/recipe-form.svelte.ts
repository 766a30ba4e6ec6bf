import type { TaskInfo } from '../../../shared/contract.ts'
import type { Recipe } from '../../../shared/sequences.ts'
import { fits, type NumberLimits, seedField } from '../setup/fields.ts'
import { TaskForm } from '../setup/task-form.svelte.ts'

export const rowsField: NumberLimits = { key: 'rows', min: 10, max: 100_000, integer: true, initial: 1000 }

/** Tasks that draw their data, with the dials of that; how a network reads it is asked when it is trained. */
export function drawingTasks(tasks: readonly TaskInfo[]): TaskInfo[] {
  return tasks.flatMap(({ needs, schema, ...task }) => {
    if (needs !== 'nothing') return []
    const { embedding: _network, ...properties } = (schema.properties ?? {}) as Readonly<Record<string, unknown>>
    return [{ ...task, needs, schema: { ...schema, properties } }]
  })
}

/** What draws a live set, as a person has set it. */
export class RecipeForm extends TaskForm {
  rows = $state<number | null>(rowsField.initial)
  seed = $state<number | null>(5)

  constructor(tasks: readonly TaskInfo[], begin: string | Recipe) {
    super(drawingTasks(tasks))
    if (typeof begin === 'string') this.chooseTask(begin)
    else this.load(begin)
  }

  load({ task, seed, rows }: Recipe): void {
    this.chooseTask(task.id)
    this.turnTo(task)
    this.seed = seed
    this.rows = rows
  }

  /** Null where a field is not filled in as it has to be. */
  get recipe(): Recipe | null {
    const { seed, rows } = this
    if (this.taskFaults || !fits(seedField, seed) || !fits(rowsField, rows)) return null
    return { task: this.taskSpec(), seed: seed as number, rows: rows as number }
  }
}
