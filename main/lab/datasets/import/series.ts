import { LabError } from '../../../../shared/errors.ts'
import type { StoredRow } from '../rows.ts'

/** What stays the same along a sequence: of its first record. */
export type Facts = Pick<StoredRow, 'split' | 'note'> & { readonly tags: Readonly<{ [name: string]: string }> }

/** Different answers of one sequence that are remembered. */
const mostAnswers = 8

/** A sequence that is being put together, step by step. */
export class Series {
  readonly facts: Facts
  /** The line that it begins on. */
  readonly line: number
  /** Steps that were given away already. */
  gone = 0
  /** Where the next window begins, counted from the steps that are here. */
  next = 0
  /** Where one answer is asked of all steps and they do not agree: what they say. Most agree, and cost no room. */
  said: Set<unknown> | undefined
  #firstSaid: unknown = null
  readonly #width: number
  /** Tokens, or [steps, channels] numbers. */
  #values: (string | number)[] = []
  #answers: unknown[] = []
  #times: number[] = []
  #hasGaps = false

  constructor(facts: Facts, line: number, width: number) {
    this.facts = facts
    this.line = line
    this.#width = width
  }

  get steps(): number {
    return this.#answers.length
  }

  /** Adds a step of `width` values. */
  add(values: readonly (string | number)[], answer: unknown, time: number | undefined): void {
    for (const value of values) {
      if (Number.isNaN(value)) this.#hasGaps = true
      this.#values.push(value)
    }
    this.#answers.push(answer)
    if (time !== undefined) this.#times.push(time)
  }

  /** Takes note of a step's answer; whether it is the first that is not like the others. */
  say(answer: unknown): boolean {
    if (answer === null || Number.isNaN(answer)) return false
    this.#firstSaid ??= answer
    if (!this.said && answer === this.#firstSaid) return false
    const isFirst = !this.said
    this.said ??= new Set([this.#firstSaid])
    if (this.said.size < mostAnswers) this.said.add(answer)
    return isFirst
  }

  /** The answer of the last step that has one. */
  lastAnswer(): unknown {
    return this.#answers.findLast((answer) => answer !== null && !Number.isNaN(answer)) ?? null
  }

  answer(step: number): unknown {
    return this.#answers.at(step)
  }

  answers(from: number, to: number): readonly unknown[] {
    return this.#answers.slice(from, to)
  }

  /** The first channel of a step. */
  value(step: number): string | number | undefined {
    return this.#values[step * this.#width]
  }

  /** Steps as rows have them: a list of values, or of lists where there are several channels. */
  inputs(from: number, to: number): readonly unknown[] {
    const width = this.#width
    if (width === 1) return this.#values.slice(from, to)
    return Array.from({ length: to - from }, (_, t) => this.#values.slice((from + t) * width, (from + t + 1) * width))
  }

  /** Puts every channel that has gaps through `fill`. */
  fillGaps(fill: (channel: readonly number[]) => readonly number[]): void {
    if (!this.#hasGaps) return
    for (let d = 0; d < this.#width; d++) {
      const channel = Array.from({ length: this.steps }, (_, t) => this.#values[t * this.#width + d] as number)
      for (const [t, value] of fill(channel).entries()) this.#values[t * this.#width + d] = value
    }
  }

  /** Steps in the order of their times. Throws `file-too-large` where some were given away. */
  sort(file: string): void {
    const times = this.#times
    if (times.every((time, k) => k === 0 || time >= (times[k - 1] as number))) return
    if (this.gone) {
      const message = `${file}: times are out of order, and the file is too large to be sorted here.`
      throw new LabError('file-too-large', message, 'Sort the file by time first.', { file })
    }
    const order = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number))
    this.#values = order.flatMap((k) => this.#values.slice(k * this.#width, (k + 1) * this.#width))
    this.#answers = order.map((k) => this.#answers[k])
    this.#times = order.map((k) => times[k] as number)
  }

  /** Forgets the steps before the next window: they were given away. */
  forget(): void {
    const steps = Math.min(this.next, this.steps)
    this.#values.splice(0, steps * this.#width)
    this.#answers.splice(0, steps)
    this.#times.splice(0, steps)
    this.gone += steps
    this.next -= steps
  }
}
