import { lab } from '../../lab.ts'
import type { Inspection } from './inspection.svelte.ts'

/** Between two states while training is played; a state that takes longer to trace is waited for. */
const playEveryMs = 350

/** The stored states of an experiment's runs, and which of them the inspection shows. */
export class Checkpoints {
  /** Training steps at which any run has a stored state, ascending. */
  steps = $state.raw<readonly number[]>([])
  playing = $state(false)
  readonly #inspection: Inspection

  constructor(inspection: Inspection) {
    this.#inspection = inspection
  }

  async refresh(): Promise<void> {
    const { runs } = await lab.inspect.steps(this.#inspection.session.id)
    this.steps = [...new Set(runs.flatMap(({ steps }) => [...steps]))].sort((a, b) => a - b)
  }

  get #last(): number {
    return this.steps[this.steps.length - 1] ?? 0
  }

  get step(): number {
    return this.#inspection.step ?? this.#last
  }

  get #at(): number {
    return this.steps.findLastIndex((step) => step <= this.step)
  }

  #show(step: number): void {
    this.#inspection.viewStep(step >= this.#last ? null : step)
  }

  move(by: number): void {
    const step = this.steps[Math.min(this.steps.length - 1, Math.max(0, this.#at + by))]
    if (step !== undefined) this.#show(step)
  }

  nearest(to: number): void {
    const nearest = this.steps.reduce(
      (best, step) => (Math.abs(step - to) < Math.abs(best - to) ? step : best),
      this.#last,
    )
    this.#show(nearest)
  }

  stop(): void {
    this.playing = false
  }

  /** Plays training from the state shown, from the first one where it is the last. */
  toggle(): void {
    this.playing = !this.playing
    if (!this.playing) return
    if (this.step >= this.#last) this.move(-this.steps.length)
    void this.#play()
  }

  async #play(): Promise<void> {
    while (this.playing) {
      await new Promise((resolve) => setTimeout(resolve, playEveryMs))
      if (!this.playing) return
      if (this.#inspection.busy) continue
      if (this.step >= this.#last || this.#inspection.problem) this.stop()
      else this.move(1)
    }
  }
}
