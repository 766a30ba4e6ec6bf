import type { BatchView, InspectedExample, WhatIf } from '../../../shared/inspect.ts'
import { lab } from '../../lab.ts'
import { History } from '../../state/history.svelte.ts'
import type { Session } from '../training/session.svelte.ts'
import { goThrough } from './ahead.ts'
import { batchSignals } from './batch-signals.ts'
import { type Change, isChanged, unchanged } from './change.ts'
import { differenceOf, type RunSignals, runSignals } from './run-signals.ts'

/** Jacobians cost H^3 a step: beyond so many in all they are computed only where they are asked for. */
const jacobianProducts = 1e9
/** Examples that a batch's means are taken over. */
const batchExamples = 64

/** An example, and with the change where one is asked for. */
type Answer = Pick<WhatIf, 'original'> & { readonly changed: InspectedExample | null }

/** An answer with the runs of an earlier one about the same example in front. */
function joined(before: Answer | null, { original, changed }: Answer): Answer {
  const after = (runs: InspectedExample['runs'] = [], example: InspectedExample) => ({
    ...example,
    runs: [...runs, ...example.runs],
  })
  return {
    original: after(before?.original.runs, original),
    changed: changed && after(before?.changed?.runs, changed),
  }
}

/** What is asked of the lab about an experiment's runs, and its latest answer. */
export class Asking {
  readonly session: Session
  /** As the lab has it. */
  original = $state.raw<InspectedExample | null>(null)
  /** With the change, where one is asked for. */
  changed = $state.raw<InspectedExample | null>(null)
  readonly change = new History<Change>(unchanged)
  /** Means over many examples, where they are shown in place of one. */
  batch = $state.raw<BatchView | null>(null)
  ofBatch = $state(false)
  /** Training step whose stored state answers; null: the present one. */
  step = $state<number | null>(null)
  busy = $state(false)
  /** Runs that have answered the question under way, which goes to one after the other. */
  answered = $state(0)
  /** Whether a person has let go of the latest question. */
  stopped = $state(false)
  problem = $state.raw<unknown>(null)
  #asked = 0
  /** Settles when the lab has answered what it was asked last. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Whether other inputs were read in the latest answer. */
  #rereads = false
  /** What the latest answer is to. */
  #settled: { readonly example: number; readonly step: number | null; readonly change: Change } | null = null

  constructor(session: Session) {
    this.session = session
  }

  /** Called with every answer about an example: whether it is the first one, and the first one with other inputs. */
  protected arrived(_first: boolean, _rereads: boolean): void {}

  /** What is drawn: with the change where there is one. */
  get example(): InspectedExample | null {
    return this.changed ?? this.original
  }

  /** Another example of the same set. Values held fixed stay so; changed inputs belong to the one before. */
  async load(index: number): Promise<void> {
    this.session.example = index
    this.change.reset({ counterpart: false, interventions: this.change.value.interventions })
    await this.ask()
  }

  /** Asks the lab again: after a change, or of another training step. `jacobians`: whatever they cost, this time. */
  async ask(jacobians = false): Promise<void> {
    this.#asked += 1
    const asked = this.#asked
    this.busy = true
    this.answered = 0
    this.stopped = false
    this.problem = null
    try {
      const isWanted = () => this.#asked === asked
      const batch = this.ofBatch ? await this.#inTurn(isWanted, () => this.#fetchBatch()) : null
      const answer = batch ? null : await this.#fetch(jacobians, isWanted)
      if (!isWanted()) return
      this.batch = batch
      this.#settled = { example: this.session.example, step: this.step, change: this.change.value }
      if (!answer) return
      const first = this.original === null
      const { counterpart, inputs } = this.change.value
      const rereads = !!answer.changed && (counterpart || inputs !== undefined)
      const opens = rereads && !this.#rereads
      this.#rereads = rereads
      this.original = answer.original
      this.changed = answer.changed
      this.arrived(first, opens)
    } catch (thrown) {
      if (this.#asked === asked) this.problem = thrown
    } finally {
      if (this.#asked === asked) this.busy = false
    }
  }

  /** Of so many examples the Jacobians are no more than jacobianProducts. */
  get #freeJacobians(): number {
    const { experiment, length } = this.session
    const units = experiment.spec.cells.reduce((sum, { hiddenSize = 32 }) => sum + hiddenSize ** 3, 0)
    return Math.floor(jacobianProducts / (units * length))
  }

  /** Every run in a question of its own: what has come is counted, and the rest need not be asked for. */
  async #fetch(jacobians: boolean, isWanted: () => boolean): Promise<Answer | null> {
    const ask = this.#question(jacobians)
    let answer: Answer | null = null
    for (const run of this.session.runs.keys()) {
      const came = await this.#inTurn(isWanted, () => ask(run))
      if (!came || !isWanted()) return null
      answer = joined(answer, came)
      const [originals, changed] = [answer.original, answer.changed].map((example) => this.#runsOf(example).slice(run))
      const differences = changed?.map((entry, k) => differenceOf(entry, originals?.[k] ?? entry))
      for (const runs of [originals, changed, differences]) await goThrough(runs ?? [])
      if (!isWanted()) return null
      this.answered = run + 1
    }
    return answer
  }

  /** Asks when what was asked before has been answered, if that is still wanted then: a key held down asks for its last example alone. */
  #inTurn<T>(isWanted: () => boolean, ask: () => Promise<T>): Promise<T | null> {
    const turn = this.#turn.then(() => (isWanted() ? ask() : null))
    this.#turn = turn.catch(() => {})
    return turn
  }

  #question(jacobians: boolean): (run: number) => Promise<Answer> {
    const { id, experiment } = this.session
    const change = this.change.value
    const tops = experiment.spec.cells.map(({ layers = 1 }) => `layers.${layers - 1}.`)
    const query = {
      index: this.session.example,
      arrays: [...new Set(tops), 'output', 'sensitivity', 'loss'],
      jacobians: jacobians || this.#freeJacobians > 0,
      ...(this.step === null ? {} : { step: this.step }),
    }
    if (!isChanged(change)) {
      return async (run) => ({ original: await lab.inspect.example(id, { ...query, runs: [run] }), changed: null })
    }
    const { inputs, counterpart, interventions } = change
    const changed = {
      ...query,
      counterpart,
      interventions: interventions.map((list) => [...list]),
      ...(inputs && { inputs: { shape: [...inputs.shape], data: new Float32Array(inputs.data) } }),
    }
    return (run) => lab.inspect.whatIf(id, { ...changed, runs: [run] })
  }

  /** Lets go of the question under way: what was asked about before stays, with its change. */
  stop(): void {
    this.#asked += 1
    this.busy = false
    this.stopped = true
    this.ofBatch = this.batch !== null
    if (!this.#settled) return
    const { example, step, change } = this.#settled
    this.session.example = example
    this.step = step
    while (this.change.value !== change && this.change.undo());
    if (this.change.value !== change) this.change.reset(change)
  }

  async #fetchBatch(): Promise<BatchView> {
    const at = this.step === null ? {} : { step: this.step }
    const jacobians = Math.min(16, this.#freeJacobians)
    return await lab.inspect.batch(this.session.id, { limit: batchExamples, jacobians, ...at })
  }

  /** Means over a batch, or one example again: another one may have been chosen meanwhile, or another training step. */
  protected askForBatch(ofBatch: boolean): void {
    this.ofBatch = ofBatch
    void this.ask()
  }

  askForJacobians(): void {
    void this.ask(true)
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

  /** The state after another training step. */
  viewStep(step: number | null): void {
    if (step === this.step) return
    this.step = step
    void this.ask()
  }

  move(by: number): void {
    if (!this.original) return
    const { count } = this.original
    void this.load((((this.session.example + by) % count) + count) % count)
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
}
