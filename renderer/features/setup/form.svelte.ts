import type { Dataset, LabInfo, TaskInfo } from '../../../shared/contract.ts'
import type { RunSpec, RunSpecInput } from '../../../shared/spec.ts'
import { CellsForm } from './cells-form.svelte.ts'
import { asksFor, fits, seedField, trainingFields } from './fields.ts'
import { presetOf, usualCells } from './presets.ts'
import { TaskForm } from './task-form.svelte.ts'
import { TrainingForm } from './training-form.svelte.ts'

/** What a form begins with: a task, a file, or all that an earlier experiment was made of. */
export interface Beginning {
  readonly task?: string
  readonly dataset?: string
  readonly spec?: RunSpec
  /** The engine that was asked for. */
  readonly engine?: string
}

/** The set-up form: what a person has filled in, and the spec it stands for. */
export class SetupForm extends TaskForm {
  readonly training: TrainingForm
  readonly cells: CellsForm
  datasetId = $state('')
  target = $state('')
  name = $state('')
  /** The engine to train on, or `auto`. */
  engine = $state('auto')
  seed = $state<number | null>(seedField.initial)
  datasets = $state.raw<readonly Dataset[]>([])
  /** Cells and training as the last preset left them: what a person has changed stays when the task changes. */
  #preset = { cells: '', training: '' }

  constructor(info: LabInfo, datasets: readonly Dataset[], { task, dataset, spec, engine = 'auto' }: Beginning) {
    super(info.tasks)
    this.datasets = datasets
    this.training = new TrainingForm(info.optimizers)
    this.cells = new CellsForm(info.cells)
    this.cells.load(usualCells)
    this.#preset = this.#snapshot()
    const wanted = datasets.find(({ id }) => id === dataset)
    const needs = wanted?.kind
    const id = spec?.task.id ?? task
    const fitting = info.tasks.find((known) => (needs ? known.needs === needs : known.id === id))
    this.chooseTask((fitting ?? (info.tasks[0] as TaskInfo)).id)
    if (wanted) this.chooseDataset(wanted.id)
    if (spec) this.#load(spec)
    this.engine = engine
  }

  /** A file that was opened while the form is: the task that reads such files stays, or comes, and all else stays. */
  take(id: string, datasets: readonly Dataset[]): void {
    this.datasets = datasets
    const kind = datasets.find((dataset) => dataset.id === id)?.kind
    const reader = this.tasks.find(({ needs }) => needs === kind)
    if (!reader) return
    if (this.task.needs !== kind) this.chooseTask(reader.id)
    this.chooseDataset(id)
  }

  /** All of an earlier spec, as far as it can still be had. */
  #load({ task, cells, training, seed }: RunSpec): void {
    this.turnTo(task)
    if (this.fittingDatasets.some(({ id }) => id === task.file)) this.chooseDataset(String(task.file))
    if (this.dataset?.columns.includes(String(task.target))) this.target = String(task.target)
    this.cells.load(cells, training)
    this.training.load(training)
    this.seed = seed
  }

  get fittingDatasets(): readonly Dataset[] {
    return this.datasets.filter((dataset) => dataset.kind === this.task.needs)
  }

  get dataset(): Dataset | undefined {
    return this.fittingDatasets.find((dataset) => dataset.id === this.datasetId)
  }

  override chooseTask(id: string): void {
    super.chooseTask(id)
    const preset = presetOf(id)
    const now = this.#snapshot()
    if (now.cells === this.#preset.cells) this.cells.load(preset.cells ?? usualCells, preset.training)
    if (now.training === this.#preset.training) this.training.load(preset.training ?? {})
    this.#preset = this.#snapshot()
    this.chooseDataset(this.fittingDatasets[0]?.id ?? '')
  }

  #snapshot() {
    const cells = JSON.stringify([this.cells.spec(), this.cells.trainingSpec()])
    return { cells, training: JSON.stringify(this.training.spec()) }
  }

  chooseDataset(id: string): void {
    this.datasetId = id
    const columns = this.dataset?.columns ?? []
    // The last numeric column is the likeliest to be the measured one; the first often counts rows.
    this.target = columns[columns.length - 1] ?? ''
  }

  /** Fields that are not filled in as they have to be. */
  get faults(): number {
    const ofTraining = this.training.faultsOf(trainingFields) + this.training.faultsOf(this.training.deeper)
    const ofRest = (fits(seedField, this.seed) ? 0 : 1) + (this.needsDataset ? 1 : 0)
    return this.taskFaults + ofTraining + ofRest + this.cells.sizeFaults + this.cells.deeperFaults
  }

  get needsDataset(): boolean {
    return this.task.needs !== 'nothing' && this.dataset === undefined
  }

  spec(): RunSpecInput {
    return {
      task: {
        ...this.taskSpec(),
        ...(this.task.needs !== 'nothing' && { file: this.datasetId }),
        ...(asksFor(this.task.schema, 'target') && { target: this.target }),
      },
      cells: this.cells.spec(),
      training: { ...this.training.spec(), ...this.cells.trainingSpec() },
      seed: this.seed ?? 1,
    }
  }
}
