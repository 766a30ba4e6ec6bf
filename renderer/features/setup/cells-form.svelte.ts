import type { CellInfo } from '../../../shared/contract.ts'
import type { CellSpec, RunSpecInput } from '../../../shared/spec.ts'
import { fits, forgetBiasField, hiddenSizeField, layersField } from './fields.ts'
import type { TrainingInput } from './training-form.svelte.ts'

export type CellInput = RunSpecInput['cells'][number]

export interface CellRow {
  readonly key: number
  readonly cell: string
  hiddenSize: number | null
  /** Key of the row that this one is to have as many parameters as. */
  matches: number | null
  layers: number | null
  activation: string
  perStep: boolean
}

export const cellsAtMost = 4

/** The networks that are trained side by side, and how their weights begin. */
export class CellsForm {
  readonly known: readonly CellInfo[]
  rows = $state<CellRow[]>([])
  init = $state('pytorch')
  forgetBias = $state<number | null>(forgetBiasField.initial)
  #nextKey = 0

  constructor(known: readonly CellInfo[]) {
    this.known = known
  }

  /** A spec's cells. One that matches another has no size of its own, even where a stored spec tells what came of it. */
  load(cells: readonly CellInput[], { init, forgetBias }: TrainingInput = {}): void {
    this.rows = cells.map((cell) => this.#row(cell))
    cells.forEach(({ matchParametersOf }, index) => {
      const [row, other] = [this.rows[index], this.rows[matchParametersOf ?? -1]]
      if (row && other) row.matches = other.key
    })
    this.init = init ?? 'pytorch'
    this.forgetBias = forgetBias ?? forgetBiasField.initial
  }

  #row({ cell, hiddenSize, matchParametersOf, layers = 1, activation = 'tanh', weights }: CellInput): CellRow {
    this.#nextKey += 1
    const size = (matchParametersOf === undefined ? hiddenSize : undefined) ?? hiddenSizeField.initial
    const perStep = weights === 'per-step'
    return { key: this.#nextKey, cell, hiddenSize: size, matches: null, layers, activation, perStep }
  }

  add(cell: string): void {
    this.rows.push(this.#row({ cell }))
  }

  remove(key: number): void {
    this.rows = this.rows.filter((row) => row.key !== key)
    this.#unmatch(key)
  }

  /** Gives a row as many parameters as another one has; null: a size of its own. Who matched it no longer can. */
  match(row: CellRow, key: number | null): void {
    row.matches = key
    if (key !== null) this.#unmatch(row.key)
  }

  #unmatch(key: number): void {
    for (const row of this.rows) if (row.matches === key) row.matches = null
  }

  /** The rows whose number of parameters a row can have: those with a size of their own. */
  partners(row: CellRow): CellRow[] {
    return this.rows.filter((other) => other.key !== row.key && other.matches === null)
  }

  matched(row: CellRow): CellRow | undefined {
    return this.rows.find(({ key }) => key === row.matches)
  }

  get readForgetBias(): boolean {
    return this.rows.some(({ cell }) => this.known.find(({ id }) => id === cell)?.gates.includes('forget'))
  }

  get sizeFaults(): number {
    return this.rows.filter((row) => row.matches === null && !fits(hiddenSizeField, row.hiddenSize)).length
  }

  get deeperFaults(): number {
    const layers = this.rows.filter((row) => !fits(layersField, row.layers)).length
    return layers + (this.readForgetBias && !fits(forgetBiasField, this.forgetBias) ? 1 : 0)
  }

  spec(): CellInput[] {
    return this.rows.map((row) => {
      const matched = this.rows.findIndex(({ key }) => key === row.matches)
      return {
        cell: row.cell,
        ...(matched >= 0 ? { matchParametersOf: matched } : { hiddenSize: row.hiddenSize ?? 32 }),
        layers: row.layers ?? 1,
        ...(row.cell === 'rnn' && { activation: row.activation as CellSpec['activation'] }),
        ...(row.perStep && { weights: 'per-step' as const }),
      }
    })
  }

  /** What of `training` says how weights begin; a forget bias that no cell reads keeps its default. */
  trainingSpec(): Pick<TrainingInput, 'init' | 'forgetBias'> {
    const forgetBias = this.readForgetBias ? this.forgetBias : forgetBiasField.initial
    return { init: this.init as TrainingInput['init'], forgetBias: forgetBias ?? 1 }
  }
}
