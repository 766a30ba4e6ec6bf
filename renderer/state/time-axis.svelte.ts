import { including, isWhole, moved, resized, type Stretch, whole, zoomed } from '../viz/stretch.ts'

/** The one time axis of a screen: which stretch of the sequence its charts show. All of it until a person zooms. */
export class TimeAxis {
  #shown = $state.raw<Stretch | null>(null)
  readonly #steps: () => number

  /** @param steps time steps of what is shown, read whenever it is asked for */
  constructor(steps: () => number) {
    this.#steps = steps
  }

  get steps(): number {
    return this.#steps()
  }

  get shown(): Stretch {
    const { steps } = this
    const shown = this.#shown
    return shown && shown.to <= steps ? shown : whole(steps)
  }

  get isWhole(): boolean {
    return isWhole(this.shown, this.steps)
  }

  #set(shown: Stretch): void {
    this.#shown = isWhole(shown, this.steps) ? null : shown
  }

  fit(): void {
    this.#shown = null
  }

  /** `factor` times as many steps, with `at` where it is. */
  zoom(at: number, factor: number): void {
    this.#set(zoomed(this.shown, this.steps, at, factor))
  }

  move(by: number): void {
    this.#set(moved(this.shown, this.steps, by))
  }

  resize(edge: 'from' | 'to', at: number): void {
    this.#set(resized(this.shown, this.steps, edge, at))
  }

  /** Brings a step into view. */
  reveal(step: number): void {
    if (!this.isWhole) this.#set(including(this.shown, this.steps, step))
  }
}
