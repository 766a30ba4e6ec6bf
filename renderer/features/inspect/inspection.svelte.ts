import { TimeAxis } from '../../state/time-axis.svelte.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { Stretch } from '../../viz/stretch.ts'
import type { Session } from '../training/session.svelte.ts'
import { type AnswerLines, answerLines } from './answer-lines.ts'
import { Asking } from './asking.svelte.ts'
import { type Band, bandScale, bandsOf } from './bands.ts'
import { GateHistory } from './gate-history.svelte.ts'
import { differenceOf, mostChanged, type RunSignals } from './run-signals.ts'
import { largestIn } from './signals.ts'
import { liveliest, orderedUnits, type UnitOrder, unitsPicked, unitsShown, withUnit } from './units.ts'
import type { StageId } from './walk/stage.ts'

/** What the staves show: states and gates, or the gradients and their paths. */
export type Shown = 'values' | 'gradients'
/** Of a changed example: as it is then, as it was, or the one minus the other. */
export type Compared = 'changed' | 'original' | 'difference'

/** One example under the microscope, and what a person points at. */
export class Inspection extends Asking {
  readonly axis: TimeAxis
  readonly gateHistory = new GateHistory()
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
  /** Null until the first example has come. */
  #unit = $state<number | null>(null)

  constructor(session: Session) {
    super(session)
    this.axis = new TimeAxis(() => this.length)
    this.runIndex = Math.max(
      0,
      session.runs.findIndex((run) => run.cell !== 'rnn'),
    )
  }

  override arrived(first: boolean, rereads: boolean): void {
    const { picked } = this
    if (!picked) return
    const original = this.originals.find(({ index }) => index === picked.index)
    if (rereads && original) this.#unit = mostChanged(picked, original)
    else if (first) this.#unit = liveliest(picked, this.unitsOf(picked))
  }

  override async load(index: number): Promise<void> {
    this.marked = null
    this.editing = null
    await super.load(index)
  }

  /** Shows the means over a batch, or one example again. */
  showBatch(ofBatch: boolean): void {
    if (this.ofBatch === ofBatch) return
    this.editing = null
    this.axis.fit()
    this.askForBatch(ofBatch)
  }

  /** Escape: closes the list, else lets go of what is marked, else of what was changed. */
  letGo(): void {
    if (this.exporting) this.exporting = false
    else if (this.marked) this.marked = null
    else this.clear()
  }

  /** Which of them the staves draw; without a change, or of a batch, there is one. */
  readonly drawn: Compared = $derived(this.batch || !this.changed ? 'original' : this.compared)
  /** What the staves draw. */
  readonly runs: readonly RunSignals[] = $derived.by(() => {
    if (this.batch || this.drawn === 'changed') return this.answers
    if (this.drawn === 'original') return this.originals
    return this.answers.map((run, k) => differenceOf(run, this.originals[k] ?? run))
  })

  /** What every run would answer at every step; a batch has no one answer. */
  readonly answerLines: AnswerLines | null = $derived.by(() => {
    if (!this.original || this.batch) return null
    return answerLines(this.session.experiment.facts, this.original, this.originals, this.changed && this.answers)
  })

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
    return gradientScale(Math.max(0, ...gradients.map(largestIn)))
  })

  /** Units of every run that are worth drawing, from the top down. */
  readonly #ordered: readonly (readonly number[])[] = $derived(
    this.answers.map((run) => {
      const most = this.expanded || run.units <= unitsShown ? run.units : unitsPicked
      return orderedUnits(run, this.order, this.order === 'similarity' ? this.unit : 0, most)
    }),
  )

  /** Units drawn of every run, from the top down: in the panel's run the picked one is among them. */
  readonly #rows: readonly (readonly number[])[] = $derived(
    this.#ordered.map((units, k) =>
      k === this.runIndex && this.#unit !== null ? withUnit(units, this.unit, this.order) : units,
    ),
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
    return Math.min(this.#unit ?? 0, Math.max(0, (this.picked?.units ?? 1) - 1))
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
