import type { TaskInfo } from '../../../shared/contract.ts'
import type { TaskSpec } from '../../../shared/spec.ts'
import { fits, type TaskField, taskFields } from './fields.ts'
import { presetOf } from './presets.ts'

/** A task and its dials, as a person has set them. */
export class TaskForm {
  readonly tasks: readonly TaskInfo[]
  taskId = $state('')
  /** Number fields, choices and switches of the task, by key. */
  numbers = $state<Record<string, number | null>>({})
  choices = $state<Record<string, string>>({})
  switches = $state<Record<string, boolean>>({})

  constructor(tasks: readonly TaskInfo[]) {
    this.tasks = tasks
  }

  get task(): TaskInfo {
    return this.tasks.find((task) => task.id === this.taskId) as TaskInfo
  }

  get taskFields(): TaskField[] {
    return taskFields(this.task.schema)
  }

  /** Fields that are not filled in as they have to be. */
  get taskFaults(): number {
    return this.taskFields.filter((field) => field.kind === 'number' && !fits(field, this.numbers[field.key])).length
  }

  chooseTask(id: string): void {
    this.taskId = id
    const preset = presetOf(id)
    for (const field of this.taskFields) this.#set(field, preset.task?.[field.key] ?? field.initial)
  }

  /** The dials of an earlier task, as far as there still are such. */
  turnTo(task: TaskSpec): void {
    for (const field of this.taskFields) {
      const value = task[field.key]
      const type = { number: 'number', choice: 'string', boolean: 'boolean' }[field.kind]
      if (typeof value === type) this.#set(field, value)
    }
  }

  taskSpec(): TaskSpec {
    const filledIn = ({ kind, key, initial }: TaskField) =>
      kind === 'number'
        ? (this.numbers[key] ?? null)
        : ((kind === 'choice' ? this.choices[key] : this.switches[key]) ?? initial)
    return { id: this.taskId, ...Object.fromEntries(this.taskFields.map((field) => [field.key, filledIn(field)])) }
  }

  #set({ kind, key }: TaskField, value: unknown): void {
    if (kind === 'number') this.numbers[key] = value as number | null
    else if (kind === 'choice') this.choices[key] = value as string
    else this.switches[key] = value as boolean
  }
}
