import type { Example, RunSummary } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { Session } from '../training/session.svelte.ts'
import { gateProductNorms, gatesOf, normsOf, relative, type Signal, signalOf, unitsByGradient } from './signals.ts'

/** The signals of one run on the chosen example. */
export interface RunSignals {
  readonly run: RunSummary
  readonly index: number
  readonly answer: number
  readonly step: number
  readonly units: readonly number[]
  /** Gates as the trace names them: `forget`, `reset`. */
  readonly gates: readonly string[]
  /** W_hh of the top layer [G*H, H], where the lab sent it. */
  readonly recurrent: Example['runs'][number]['recurrent']
  readonly activation: string
  readonly signal: (name: string) => Signal | undefined
}

export interface Band {
  readonly run: RunSummary
  readonly kind: 'hidden' | 'cell' | 'product'
  /** Of a product: the letter of its gate. */
  readonly symbol?: string
  readonly norms: Float32Array
}

/** One test example under the microscope, and what a person points at. */
export class Inspection {
  readonly session: Session
  example = $state.raw<Example | null>(null)
  busy = $state(false)
  problem = $state.raw<unknown>(null)
  /** Shares of the last step's norm; raw norms otherwise. */
  relative = $state(true)
  /** Run in the right panel, and the row picked in it. */
  runIndex = $state(0)
  row = $state(0)
  #wanted = 0

  constructor(session: Session) {
    this.session = session
    this.runIndex = Math.max(
      0,
      session.runs.findIndex((run) => run.cell !== 'rnn'),
    )
  }

  async load(index: number): Promise<void> {
    this.#wanted = index
    this.busy = true
    this.problem = null
    try {
      const example = await lab.results.example(this.session.id, index)
      if (this.#wanted !== index) return
      const first = this.example === null
      this.example = example
      if (first) this.row = this.#liveliestRow()
    } catch (thrown) {
      if (this.#wanted === index) this.problem = thrown
    } finally {
      if (this.#wanted === index) this.busy = false
    }
  }

  /** Row of the unit whose state changes most over the example: the one worth looking at first. */
  #liveliestRow(): number {
    const picked = this.picked
    const state = picked?.signal('cell') ?? picked?.signal('hidden')
    if (!picked || !state) return 0
    const spread = picked.units.map((unit) => {
      const values = Array.from({ length: state.steps }, (_, t) => state.at(t, unit))
      return Math.max(...values) - Math.min(...values)
    })
    return Math.max(0, spread.indexOf(Math.max(...spread)))
  }

  move(by: number): void {
    if (!this.example) return
    const { count } = this.example
    void this.load((((this.#wanted + by) % count) + count) % count)
  }

  readonly runs: readonly RunSignals[] = $derived.by(() => {
    const { example, session } = this
    if (!example) return []
    return session.runs.flatMap((run, index) => {
      const traced = example.runs[index]
      if (!traced) return []
      const { layers = 1, activation = 'tanh' } = session.experiment.spec.cells[index] ?? {}
      const { answer, step, recurrent } = traced
      const signal = (name: string) => signalOf(traced.trace, layers, name)
      const gradient = signal('grad.cell') ?? signal('grad.hidden')
      const units = gradient ? unitsByGradient(gradient) : []
      const gates = gatesOf(traced.trace, layers)
      return [{ run, index, answer, step, units, gates, recurrent, activation, signal }]
    })
  })

  readonly bands: readonly Band[] = $derived.by(() =>
    this.runs.flatMap(({ run, signal }): Band[] => {
      const shown = (norms: Float32Array) => (this.relative ? relative(norms) : norms)
      const hidden = signal('grad.hidden')
      const cell = signal('grad.cell')
      // The gate that carries the state on, and the gradient of what it carries.
      const [symbol, gate, carried] = cell
        ? (['f', signal('gates.forget'), cell] as const)
        : (['z', signal('gates.update'), hidden] as const)
      return [
        ...(hidden ? [{ run, kind: 'hidden' as const, norms: shown(normsOf(hidden)) }] : []),
        ...(cell ? [{ run, kind: 'cell' as const, norms: shown(normsOf(cell)) }] : []),
        ...(carried && gate
          ? [{ run, kind: 'product' as const, symbol, norms: shown(gateProductNorms(gate, carried)) }]
          : []),
      ]
    }),
  )

  readonly scale: LogScale = $derived.by(() => {
    let largest = 0
    for (const { norms } of this.bands) {
      for (const value of norms) if (value > largest && value < Infinity) largest = value
    }
    return this.relative ? gradientScale(largest, 0) : gradientScale(largest)
  })

  /** Time steps of this example: examples of one task may differ in length. */
  get length(): number {
    return this.example?.inputs.shape[0] ?? this.session.length
  }

  /** Time step (0-based) under the cursor; the last one of an example that ends before it. */
  get cursor(): number {
    return Math.min(this.session.cursor, this.length - 1)
  }

  get picked(): RunSignals | undefined {
    return this.runs[this.runIndex]
  }

  get unit(): number {
    const units = this.picked?.units ?? []
    return units[Math.min(this.row, units.length - 1)] ?? 0
  }

  pick(runIndex: number, row: number): void {
    this.runIndex = runIndex
    this.row = row
  }

  moveUnit(by: number): void {
    const count = this.picked?.units.length ?? 1
    this.row = (this.row + by + count) % count
  }
}
