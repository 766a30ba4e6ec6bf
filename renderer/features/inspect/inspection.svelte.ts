import type { Example } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'
import { TimeAxis } from '../../state/time-axis.svelte.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { Session } from '../training/session.svelte.ts'
import { type Band, bandScale, bandsOf } from './bands.ts'
import { type RunSignals, runSignals } from './run-signals.ts'
import { largestOf } from './signals.ts'
import { orderedUnits, type UnitOrder, unitsPicked, unitsShown } from './units.ts'
import type { StageId } from './walk/stage.ts'

/** What the staves show: states and gates, or the gradients and their paths. */
export type Shown = 'values' | 'gradients'

/** One example under the microscope, and what a person points at. */
export class Inspection {
  readonly session: Session
  readonly axis: TimeAxis
  example = $state.raw<Example | null>(null)
  busy = $state(false)
  problem = $state.raw<unknown>(null)
  /** Shares of the last step's norm; raw norms otherwise. */
  relative = $state(true)
  shown = $state<Shown>('values')
  order = $state<UnitOrder>('number')
  /** Whether all units are drawn of every run, however many. */
  expanded = $state(false)
  /** The panel's numbers: norms over units, or one unit's. */
  norms = $state(false)
  /** The stage of the walkthrough that is pointed out. */
  stage = $state<StageId | null>(null)
  /** Run in the right panel, and the unit picked in it. */
  runIndex = $state(0)
  #unit = $state(0)
  #wanted = 0

  constructor(session: Session) {
    this.session = session
    this.axis = new TimeAxis(() => this.length)
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
      if (first) this.#unit = this.#liveliestUnit()
    } catch (thrown) {
      if (this.#wanted === index) this.problem = thrown
    } finally {
      if (this.#wanted === index) this.busy = false
    }
  }

  /** The unit whose state changes most over the example: the one worth looking at first. */
  #liveliestUnit(): number {
    const picked = this.picked
    const state = picked?.signal('cell') ?? picked?.signal('hidden')
    if (!picked || !state) return 0
    const rows = this.unitsOf(picked)
    const spread = rows.map((unit) => {
      let [least, largest] = [Infinity, -Infinity]
      for (let t = 0; t < state.steps; t += 1) {
        least = Math.min(least, state.at(t, unit))
        largest = Math.max(largest, state.at(t, unit))
      }
      return largest - least
    })
    return rows[Math.max(0, spread.indexOf(Math.max(...spread)))] ?? 0
  }

  move(by: number): void {
    if (!this.example) return
    const { count } = this.example
    void this.load((((this.#wanted + by) % count) + count) % count)
  }

  readonly runs: readonly RunSignals[] = $derived.by(() =>
    this.example ? runSignals(this.session.runs, this.session.experiment.spec, this.example) : [],
  )

  readonly bands: readonly Band[] = $derived(bandsOf(this.runs, this.relative))
  readonly scale: LogScale = $derived(bandScale(this.bands, this.relative))
  /** Of single units' gradients, always raw: the one scale of all runs. */
  readonly unitScale: LogScale = $derived.by(() => {
    const gradients = this.runs.flatMap(({ signal }) => [signal('grad.hidden') ?? [], signal('grad.cell') ?? []].flat())
    return gradientScale(Math.max(0, ...gradients.map(largestOf)))
  })

  /** Units drawn of every run, from the top down. */
  readonly #rows: readonly (readonly number[])[] = $derived(
    this.runs.map((run) => {
      const most = this.expanded || run.units <= unitsShown ? run.units : unitsPicked
      return orderedUnits(run, this.order, this.order === 'similarity' ? this.#unit : 0, most)
    }),
  )

  unitsOf(run: RunSignals): readonly number[] {
    return this.#rows[this.runs.indexOf(run)] ?? []
  }

  /** Time steps of this example: examples of one task may differ in length. */
  get length(): number {
    return this.example?.inputs.shape[0] ?? this.session.length
  }

  /** Time step (0-based) under the cursor; the last one of an example that ends before it. */
  get cursor(): number {
    return Math.min(this.session.cursor, this.length - 1)
  }

  moveCursor(to: number): void {
    this.session.moveCursor(Math.min(to, this.length - 1))
    this.axis.reveal(this.cursor)
  }

  get picked(): RunSignals | undefined {
    return this.runs[this.runIndex]
  }

  get unit(): number {
    return Math.min(this.#unit, Math.max(0, (this.picked?.units ?? 1) - 1))
  }

  pick(runIndex: number, unit = this.#unit): void {
    this.runIndex = runIndex
    this.#unit = unit
  }

  /** Points a stage out; once more lets go of it. */
  chooseStage(stage: StageId): void {
    this.stage = this.stage === stage ? null : stage
  }

  /** To the next unit in the order of the rows. */
  moveUnit(by: number): void {
    const { picked } = this
    if (!picked) return
    const rows = this.unitsOf(picked)
    const at = rows.indexOf(this.unit)
    this.#unit = rows[at < 0 ? 0 : (at + by + rows.length) % rows.length] ?? 0
  }
}
