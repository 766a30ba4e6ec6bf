import type { BatchView, InspectedExample, WhatIf } from '../../../shared/inspect.ts'
import { lab } from '../../lab.ts'
import { History } from '../../state/history.svelte.ts'
import { TimeAxis } from '../../state/time-axis.svelte.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { Stretch } from '../../viz/stretch.ts'
import type { Session } from '../training/session.svelte.ts'
import { type Band, bandScale, bandsOf } from './bands.ts'
import { batchSignals } from './batch-signals.ts'
import { type Change, isChanged, unchanged } from './change.ts'
import type { GridRow } from './grid.ts'
import { differenceOf, type RunSignals, runSignals } from './run-signals.ts'
import { largestOf } from './signals.ts'
import { orderedUnits, type UnitOrder, unitsPicked, unitsShown } from './units.ts'
import type { StageId } from './walk/stage.ts'

/** What the staves show: states and gates, or the gradients and their paths. */
export type Shown = 'values' | 'gradients'
/** Of a changed example: as it is then, as it was, or the one minus the other. */
export type Compared = 'changed' | 'original' | 'difference'

/** Jacobians cost H^3 a step: of larger layers they are left out. */
const jacobianUnits = 128
/** Examples that a batch's means are taken over. */
const batchExamples = 64

/** One example under the microscope, what a person points at, and what is asked of it. */
export class Inspection {
  readonly session: Session
  readonly axis: TimeAxis
  /** As the lab has it. */
  original = $state.raw<InspectedExample | null>(null)
  /** With the change, where one is asked for. */
  changed = $state.raw<InspectedExample | null>(null)
  readonly change = new History<Change>(unchanged)
  /** Means over many examples, where they are shown in place of one. */
  batch = $state.raw<BatchView | null>(null)
  busy = $state(false)
  problem = $state.raw<unknown>(null)
  ofBatch = $state(false)
  /** Shares of the last step's norm; raw norms otherwise. */
  relative = $state(true)
  shown = $state<Shown>('values')
  compared = $state<Compared>('changed')
  order = $state<UnitOrder>('number')
  /** Whether all units are drawn of every run, however many. */
  expanded = $state(false)
  /** The panel's numbers: norms over units, or one unit's. */
  norms = $state(false)
  /** The stage of the walkthrough that is pointed out. */
  stage = $state<StageId | null>(null)
  /** Training step whose stored state answers; null: the present one. */
  step = $state<number | null>(null)
  /** Time steps marked, from the first up to, not including, the last; null: all of them. */
  marked = $state.raw<Stretch | null>(null)
  /** Whether what is held fixed is so in every unit, or in the picked one. */
  lockAll = $state(true)
  /** The row of the Score that one is in, by its id in `grid.ts`; the first one where it is none of them. */
  row = $state('')
  /** Whether the list of what can be taken home is open. */
  exporting = $state(false)
  /** Time step whose input is being edited. */
  editing = $state<number | null>(null)
  /** Run in the right panel, and the unit picked in it. */
  runIndex = $state(0)
  #unit = $state(0)
  #index = 0
  #asked = 0

  constructor(session: Session) {
    this.session = session
    this.axis = new TimeAxis(() => this.length)
    this.runIndex = Math.max(
      0,
      session.runs.findIndex((run) => run.cell !== 'rnn'),
    )
  }

  /** What is drawn: with the change where there is one. */
  get example(): InspectedExample | null {
    return this.changed ?? this.original
  }

  /** Another example of the same set. Values held fixed stay so; changed inputs belong to the one before. */
  async load(index: number): Promise<void> {
    this.#index = index
    this.marked = null
    this.editing = null
    this.change.reset({ counterpart: false, interventions: this.change.value.interventions })
    await this.ask()
  }

  /** Asks the lab again: after a change, or of another training step. */
  async ask(): Promise<void> {
    this.#asked += 1
    const asked = this.#asked
    this.busy = true
    this.problem = null
    try {
      const batch = this.ofBatch ? await this.#fetchBatch() : null
      const answer = batch ? null : await this.#fetch()
      if (this.#asked !== asked) return
      this.batch = batch
      if (!answer) return
      const first = this.original === null
      this.original = answer.original
      this.changed = answer.changed
      if (first) this.#unit = this.#liveliestUnit()
    } catch (thrown) {
      if (this.#asked === asked) this.problem = thrown
    } finally {
      if (this.#asked === asked) this.busy = false
    }
  }

  get #small(): boolean {
    return this.session.experiment.spec.cells.every(({ hiddenSize = 32 }) => hiddenSize <= jacobianUnits)
  }

  async #fetch(): Promise<Pick<WhatIf, 'original'> & { readonly changed: InspectedExample | null }> {
    const { id, experiment } = this.session
    const change = this.change.value
    const tops = experiment.spec.cells.map(({ layers = 1 }) => `layers.${layers - 1}.`)
    const query = {
      index: this.#index,
      arrays: [...new Set(tops), 'output', 'sensitivity', 'loss'],
      jacobians: this.#small,
      ...(this.step === null ? {} : { step: this.step }),
    }
    if (!isChanged(change)) return { original: await lab.inspect.example(id, query), changed: null }
    const { inputs, counterpart, interventions } = change
    return await lab.inspect.whatIf(id, {
      ...query,
      counterpart,
      interventions: interventions.map((list) => [...list]),
      ...(inputs && { inputs: { shape: [...inputs.shape], data: new Float32Array(inputs.data) } }),
    })
  }

  async #fetchBatch(): Promise<BatchView> {
    const at = this.step === null ? {} : { step: this.step }
    return await lab.inspect.batch(this.session.id, { limit: batchExamples, jacobians: this.#small ? 16 : 0, ...at })
  }

  /** Shows the means over a batch, or one example again. */
  showBatch(ofBatch: boolean): void {
    if (this.ofBatch === ofBatch) return
    this.ofBatch = ofBatch
    this.editing = null
    this.axis.fit()
    if (ofBatch) void this.ask()
    else this.batch = null
  }

  /** Asks "what if" this were so. */
  apply(change: Change): void {
    this.change.push(change)
    void this.ask()
  }

  undo(): void {
    if (this.change.undo()) void this.ask()
  }

  redo(): void {
    if (this.change.redo()) void this.ask()
  }

  /** Lets go of everything that was changed. */
  clear(): void {
    if (isChanged(this.change.value)) this.apply(unchanged)
  }

  /** Escape: closes the list, else lets go of what is marked, else of what was changed. */
  letGo(): void {
    if (this.exporting) this.exporting = false
    else if (this.marked) this.marked = null
    else this.clear()
  }

  /** The state after another training step. */
  viewStep(step: number | null): void {
    if (step === this.step) return
    this.step = step
    void this.ask()
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
    if (!this.original) return
    const { count } = this.original
    void this.load((((this.#index + by) % count) + count) % count)
  }

  #runsOf(example: InspectedExample | null): readonly RunSignals[] {
    return example ? runSignals(this.session.runs, this.session.experiment.spec, example) : []
  }

  /** Without the change. */
  readonly originals: readonly RunSignals[] = $derived.by(() => this.#runsOf(this.original))
  /** With the change where there is one. */
  readonly answers: readonly RunSignals[] = $derived.by(() => {
    if (this.batch) return batchSignals(this.session.runs, this.session.experiment.spec, this.batch)
    return this.changed ? this.#runsOf(this.changed) : this.originals
  })
  /** What the staves draw. */
  readonly runs: readonly RunSignals[] = $derived.by(() => {
    if (this.batch || !this.changed || this.compared === 'changed') return this.answers
    if (this.compared === 'original') return this.originals
    return this.answers.map((run, k) => differenceOf(run, this.originals[k] ?? run))
  })
  readonly isDifference = $derived(!this.batch && this.changed !== null && this.compared === 'difference')

  readonly bands: readonly Band[] = $derived(bandsOf(this.answers, this.relative))
  /** The same bands without the change, to stand beside them. */
  readonly originalBands: readonly Band[] = $derived(
    this.changed && !this.batch ? bandsOf(this.originals, this.relative) : [],
  )
  readonly scale: LogScale = $derived(bandScale([...this.bands, ...this.originalBands], this.relative))
  /** Of single units' gradients, always raw: the one scale of all runs. */
  readonly unitScale: LogScale = $derived.by(() => {
    const gradients = this.answers.flatMap(({ signal }) =>
      [signal('grad.hidden') ?? [], signal('grad.cell') ?? []].flat(),
    )
    return gradientScale(Math.max(0, ...gradients.map(largestOf)))
  })

  /** Units drawn of every run, from the top down. */
  readonly #rows: readonly (readonly number[])[] = $derived(
    this.answers.map((run) => {
      const most = this.expanded || run.units <= unitsShown ? run.units : unitsPicked
      return orderedUnits(run, this.order, this.order === 'similarity' ? this.#unit : 0, most)
    }),
  )

  unitsOf(run: RunSignals): readonly number[] {
    return this.#rows[this.answers.findIndex((other) => other.index === run.index)] ?? []
  }

  /** Time steps of this example: examples of one task may differ in length. */
  get length(): number {
    const ofBatch = this.batch && this.answers[0]?.signal('hidden')?.steps
    return ofBatch || (this.example?.inputs.shape[0] ?? this.session.length)
  }

  /** Time step (0-based) under the cursor; the last one of an example that ends before it. */
  get cursor(): number {
    return Math.min(this.session.cursor, this.length - 1)
  }

  moveCursor(to: number): void {
    this.session.moveCursor(Math.min(to, this.length - 1))
    this.axis.reveal(this.cursor)
  }

  /** Moves the cursor and marks what lies between it and where marking began. */
  markTo(to: number): void {
    const at = Math.min(this.length - 1, Math.max(0, to))
    const { cursor, marked } = this
    const anchor = !marked ? cursor : marked.from === cursor ? marked.to - 1 : marked.from
    this.marked = { from: Math.min(anchor, at), to: Math.max(anchor, at) + 1 }
    this.moveCursor(at)
  }

  get stretch(): Stretch {
    return this.marked ?? { from: 0, to: this.length }
  }

  get picked(): RunSignals | undefined {
    return this.answers[this.runIndex]
  }

  get unit(): number {
    return Math.min(this.#unit, Math.max(0, (this.picked?.units ?? 1) - 1))
  }

  pick(runIndex: number, unit = this.#unit): void {
    this.runIndex = runIndex
    this.#unit = unit
  }

  /** To another row of the Score; in a run's staff the panel shows that run. */
  goToRow(rows: readonly GridRow[], by: number): void {
    const at = Math.max(
      0,
      rows.findIndex(({ id }) => id === this.row),
    )
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (!row) return
    this.row = row.id
    if (row.run !== undefined) this.runIndex = row.run
  }

  /** Enter: edits the input at the cursor, or draws all units of a staff, or no longer. */
  enter(rows: readonly GridRow[]): void {
    const row = rows.find(({ id }) => id === this.row)
    if (row?.kind === 'staff') this.expanded = !this.expanded
    else this.editing = this.cursor
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
