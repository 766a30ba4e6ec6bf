import { getContext, setContext } from 'svelte'
import type { Experiment } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'
import { TimeAxis } from '../../state/time-axis.svelte.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import { Telemetry } from './telemetry.svelte.ts'

/** One experiment while it is open: its record, its telemetry, and what a person is looking at. */
export class Session {
  experiment = $state.raw<Experiment>() as Experiment
  readonly telemetry: Telemetry
  /** False for a model that was opened from files. */
  readonly trained: boolean
  /** Flow of c where the cell has one, or of h everywhere. */
  carried = $state(true)
  /** Where a person has pointed. */
  #pointed = $state<number | null>(null)
  /** A past training step being looked at; null follows training. */
  viewed = $state<number | null>(null)
  /** A training step that a click pinned on the waterfalls: its values stay in view. */
  pinned = $state<number | null>(null)
  /** Decades of the scale, and the power of ten at its top where a person pinned that. */
  decades = $state(6)
  top = $state<number | null>(null)
  /** The example that the inspector shows, from 0. */
  example = $state(0)
  /** The time axis of the waterfalls. */
  readonly axis = new TimeAxis(() => this.length)
  /** The last action's error, shown where the action is. */
  problem = $state.raw<unknown>(null)
  /** Updates asked for in all; grows when training is continued, ahead of the record that the lab sends. */
  #asked = $state(0)

  /** @param trained whether this lab trains it, and has news of it */
  constructor(experiment: Experiment, trained = true) {
    this.experiment = experiment
    this.trained = trained
    this.telemetry = new Telemetry(experiment.id, experiment.runs.length, () => void this.refresh())
    if (trained) void this.telemetry.follow()
  }

  close(): void {
    this.telemetry.stop()
  }

  get id(): string {
    return this.experiment.id
  }

  get runs() {
    return this.experiment.runs
  }

  get length(): number {
    return this.experiment.facts.length
  }

  /** The runs' latest states: from telemetry once it has spoken, else from the record. */
  get statuses() {
    return this.telemetry.version ? this.telemetry.tracks.map((track) => track.status) : this.runs
  }

  /** Furthest step of any run. */
  get step(): number {
    return Math.max(...this.statuses.map((status) => status.step))
  }

  get total(): number {
    return Math.max(this.experiment.spec.training.steps ?? 0, this.#asked, this.step, 1)
  }

  /** Training in hundredths, for what need not be asked again at every step. */
  readonly hundredth = $derived.by(() => {
    void this.telemetry.version
    return Math.floor((100 * this.step) / this.total)
  })

  get training(): boolean {
    return this.statuses.some((status) => status.state === 'training')
  }

  get finished(): boolean {
    return this.statuses.every((status) => status.state === 'failed' || status.step >= this.total)
  }

  get interrupted(): boolean {
    return !this.training && this.statuses.some((status) => status.state === 'interrupted')
  }

  /** Time step (0-based) under the cursor on every chart; before anyone points, a fifth into the longest sequence seen. */
  get cursor(): number {
    void this.telemetry.version
    const seen = Math.max(0, ...this.telemetry.tracks.map((track) => track.most)) || this.length
    return this.#pointed ?? Math.max(0, this.length - seen + Math.round(seen / 5) - 1)
  }

  get shownStep(): number {
    return Math.min(this.viewed ?? this.step, this.step)
  }

  /** The largest finite norm of any run. */
  get largest(): number {
    void this.telemetry.version
    return Math.max(...this.telemetry.tracks.map((track) => track.flowTrack(this.carried).largest))
  }

  /** The one scale of all runs: the decade above the largest finite norm in view, or where a person pinned it. */
  get scale(): LogScale {
    const { top, decades } = this
    return top === null ? gradientScale(this.largest, -Infinity, decades) : { lo: top - decades, hi: top }
  }

  async refresh(): Promise<void> {
    try {
      this.experiment = await lab.experiments.get(this.id)
    } catch {
      // The connection's own banner says so; the record stays as it was.
    }
  }

  async act(action: () => Promise<void>): Promise<void> {
    this.problem = null
    try {
      await action()
    } catch (thrown) {
      this.problem = thrown
    }
  }

  toggle(): Promise<void> {
    this.viewed = null
    return this.act(() => (this.training ? lab.training.pause(this.id) : lab.training.play(this.id, this.total)))
  }

  one(): Promise<void> {
    this.viewed = null
    return this.act(() => lab.training.step(this.id))
  }

  halt(): Promise<void> {
    return this.act(() => lab.training.stop(this.id))
  }

  extend(more: number): Promise<void> {
    this.viewed = null
    this.#asked = this.step + more
    return this.act(() => lab.training.play(this.id, this.#asked))
  }

  moveCursor(to: number): void {
    this.#pointed = Math.min(this.length - 1, Math.max(0, to))
  }
}

const key = Symbol('session')
export const provideSession = (get: () => Session) => setContext(key, get)
/** The open experiment, for components inside an experiment's screens. */
export const useSession = (): Session => getContext<() => Session>(key)()
