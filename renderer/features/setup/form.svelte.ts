import type { Dataset, LabInfo, TaskInfo } from '../../../shared/contract.ts'
import type { CellSpec, RunSpecInput } from '../../../shared/spec.ts'
import {
  asksFor,
  fits,
  hiddenSizeField,
  layersField,
  seedField,
  type TaskField,
  taskFields,
  trainingFields,
} from './fields.ts'

export interface CellRow {
  readonly key: number
  cell: string
  hiddenSize: number | null
  layers: number | null
  activation: string
}

export const cellsAtMost = 4

/** The set-up form: what a person has filled in, and the spec it stands for. */
export class SetupForm {
  readonly info: LabInfo
  taskId = $state('adding')
  datasetId = $state('')
  target = $state('')
  name = $state('')
  /** Number fields of the task, and of training, by key. */
  numbers = $state<Record<string, number | null>>({})
  /** Choices and switches of the task, by key. */
  choices = $state<Record<string, string>>({})
  switches = $state<Record<string, boolean>>({})
  init = $state('pytorch')
  cells = $state<CellRow[]>([])
  datasets = $state.raw<readonly Dataset[]>([])
  #nextKey = 0

  constructor(info: LabInfo, datasets: readonly Dataset[], choice: { task?: string; dataset?: string }) {
    this.info = info
    this.datasets = datasets
    const wanted = datasets.find((dataset) => dataset.id === choice.dataset)
    const needs = wanted && (wanted.kind === 'table' ? 'table' : 'text')
    const fitting = info.tasks.find((task) => (needs ? task.needs === needs : task.id === choice.task))
    for (const limits of [...trainingFields, seedField]) this.numbers[limits.key] = limits.initial
    this.addCell('rnn')
    this.addCell('lstm')
    this.chooseTask((fitting ?? (info.tasks[0] as TaskInfo)).id)
    if (wanted) this.chooseDataset(wanted.id)
  }

  get task(): TaskInfo {
    return this.info.tasks.find((task) => task.id === this.taskId) as TaskInfo
  }

  get taskFields(): TaskField[] {
    return taskFields(this.task.schema)
  }

  get fittingDatasets(): readonly Dataset[] {
    return this.datasets.filter((dataset) => dataset.kind === this.task.needs)
  }

  get dataset(): Dataset | undefined {
    return this.fittingDatasets.find((dataset) => dataset.id === this.datasetId)
  }

  chooseTask(id: string): void {
    this.taskId = id
    for (const field of this.taskFields) {
      if (field.kind === 'number') this.numbers[field.key] = field.initial
      else if (field.kind === 'choice') this.choices[field.key] = field.initial
      else this.switches[field.key] = field.initial
    }
    this.chooseDataset(this.fittingDatasets[0]?.id ?? '')
  }

  chooseDataset(id: string): void {
    this.datasetId = id
    const columns = this.dataset?.columns ?? []
    // The last numeric column is the likeliest to be the measured one; the first often counts rows.
    this.target = columns[columns.length - 1] ?? ''
  }

  addCell(cell: string): void {
    this.#nextKey += 1
    this.cells.push({ key: this.#nextKey, cell, hiddenSize: 32, layers: 1, activation: 'tanh' })
  }

  removeCell(key: number): void {
    this.cells = this.cells.filter((row) => row.key !== key)
  }

  /** Fields that are not filled in as they have to be. */
  get faults(): number {
    const numbers = [...this.taskFields.filter((field) => field.kind === 'number'), ...trainingFields, seedField]
    const wrong = numbers.filter((limits) => !fits(limits, this.numbers[limits.key])).length
    const sizes = this.cells.filter((row) => !fits(hiddenSizeField, row.hiddenSize)).length
    return wrong + sizes + this.layerFaults + (this.needsDataset ? 1 : 0)
  }

  get layerFaults(): number {
    return this.cells.filter((row) => !fits(layersField, row.layers)).length
  }

  get needsDataset(): boolean {
    return this.task.needs !== 'nothing' && this.dataset === undefined
  }

  spec(): RunSpecInput {
    const pick = (keys: readonly { readonly key: string }[]) =>
      Object.fromEntries(keys.map(({ key }) => [key, this.numbers[key] ?? null]))
    return {
      task: {
        id: this.taskId,
        ...pick(this.taskFields.filter((field) => field.kind === 'number')),
        ...Object.fromEntries(
          this.taskFields.flatMap((field): [string, string | boolean][] =>
            field.kind === 'choice'
              ? [[field.key, this.choices[field.key] ?? field.initial]]
              : field.kind === 'boolean'
                ? [[field.key, this.switches[field.key] ?? field.initial]]
                : [],
          ),
        ),
        ...(this.task.needs !== 'nothing' && { file: this.datasetId }),
        ...(asksFor(this.task.schema, 'target') && { target: this.target }),
      },
      cells: this.cells.map((row) => ({
        cell: row.cell,
        hiddenSize: row.hiddenSize ?? 32,
        layers: row.layers ?? 1,
        ...(row.cell === 'rnn' && { activation: row.activation as CellSpec['activation'] }),
      })),
      training: {
        ...pick(trainingFields),
        init: this.init as 'pytorch',
      },
      seed: this.numbers.seed ?? 1,
    }
  }
}
