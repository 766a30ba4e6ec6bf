import type { EngineProgress } from '../../../shared/contract.ts'

/** What an installation does at the moment. */
export type PackProgress = Pick<EngineProgress, 'stage' | 'done' | 'total'>

export type OnProgress = (progress: PackProgress) => void

/** The rate is that of the last so many milliseconds: a connection changes its pace. */
const span = 5000
/** Before so many milliseconds a rate says nothing. */
const atLeast = 200

/** Adds rate and time left to what an installation reports. */
export class Meter {
  #last: PackProgress | undefined
  /** Bytes at moments of the last `span` milliseconds; the first may be older. */
  #marks: { readonly at: number; readonly done: number }[] = []

  /** `at`: milliseconds of a clock that never goes back. */
  read(progress: PackProgress, at: number = performance.now()): EngineProgress {
    const { stage, done, total } = progress
    const before = this.#last
    this.#last = progress
    if (done === undefined || total === undefined) {
      this.#marks = []
      return progress
    }
    // Another file of the same stage starts from its own beginning.
    if (before?.stage !== stage || before.total !== total || done < (before.done ?? 0)) this.#marks = []
    this.#marks.push({ at, done })
    while (this.#marks[1] && at - this.#marks[1].at >= span) this.#marks.shift()
    const first = this.#marks[0] as { at: number; done: number }
    if (at - first.at < atLeast || done === first.done) return progress
    const rate = ((done - first.done) / (at - first.at)) * 1000
    return { ...progress, rate, left: (total - done) / rate }
  }
}
