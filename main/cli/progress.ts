import type { RunState } from '../../shared/telemetry.ts'
import type { Way } from '../engine/team/trial.ts'

export interface RunProgress {
  readonly name: string
  readonly state: RunState
  readonly step: number
  readonly stepsPerSecond: number
  readonly loss: number
}

/** What training will take, before it begins: "rnn 1,185 parameters, 0.9 MB; lstm 4,641 parameters, 2.9 MB". */
export function describeNeeds(runs: readonly { name: string; parameters: number; bytes?: number }[]): string {
  const needs = runs.map(({ name, parameters, bytes }) => {
    const memory = bytes === undefined ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`
    return `${name} ${parameters.toLocaleString('en-US')} parameters${memory}`
  })
  return needs.join('; ')
}

/** What computes, and where there was a choice why: "engine wasm (a step: wasm 2.6 ms, tensorflow-cpu 7.1 ms)". */
export function describeChoice(engine: string, timings: readonly { id: string; ms: number }[]): string {
  const measured = timings.map(({ id, ms }) => `${id} ${Number(ms.toPrecision(2))} ms`).join(', ')
  return `engine ${engine}${measured && ` (a step: ${measured})`}`
}

/** How the runs trained: "trained side by side: 2.1 ms for an update of each, in turns 4.6 ms". */
export function describeWays(ways: Readonly<Record<Way, number>>): string {
  const [[way, ms], [other, more]] = Object.entries(ways).sort(([, a], [, b]) => a - b) as [
    [Way, number],
    [Way, number],
  ]
  const short = (value: number) => `${Number(value.toPrecision(2))} ms`
  return `trained ${way}: ${short(ms)} for an update of each, ${other} ${short(more)}`
}

/** How often a line is written where there is no terminal, in milliseconds. */
const lineEvery = 5000
const barWidth = 24

/** Progress on stderr: a bar that rewrites itself on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #total: number
  readonly #terminal = Boolean(process.stderr.isTTY)
  #written = Number.NEGATIVE_INFINITY

  constructor(total: number) {
    this.#total = total
  }

  show(runs: readonly RunProgress[]): void {
    const now = performance.now()
    if (!this.#terminal && now - this.#written < lineEvery) return
    this.#written = now
    process.stderr.write(this.#terminal ? `\r${this.#bar(runs)}\x1b[K` : `${this.#line(runs)}\n`)
  }

  end(runs: readonly RunProgress[]): void {
    process.stderr.write(this.#terminal ? `\r${this.#bar(runs)}\x1b[K\n` : `${this.#line(runs)}\n`)
  }

  #bar(runs: readonly RunProgress[]): string {
    const done = this.#share(runs)
    const filled = Math.round(done * barWidth)
    return `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}] ${this.#line(runs)}`
  }

  #line(runs: readonly RunProgress[]): string {
    const going = runs.filter((run) => run.state !== 'failed')
    const step = Math.min(...(going.length ? going : runs).map((run) => run.step))
    const speed = Math.max(...runs.map((run) => run.stepsPerSecond))
    const left = speed > 0 ? `, ${Math.ceil((this.#total - step) / speed)} s left` : ''
    const losses = runs.map(({ name, loss, state }) => {
      if (state === 'failed') return `${name} failed`
      return Number.isNaN(loss) ? name : `${name} loss ${loss.toPrecision(3)}`
    })
    const rate = speed > 0 ? `, ${speed.toFixed(1)} steps/s` : ''
    return `step ${step} of ${this.#total}, ${losses.join(', ')}${rate}${left}`
  }

  #share(runs: readonly RunProgress[]): number {
    return Math.min(...runs.map((run) => (run.state === 'failed' ? this.#total : run.step))) / this.#total
  }
}
