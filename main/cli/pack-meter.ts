import type { EngineProgress } from '../../shared/contract.ts'
import { Meter, type PackProgress } from '../lab/packs/progress.ts'

const titles: Readonly<Record<PackProgress['stage'], string>> = {
  download: 'fetching',
  unpack: 'unpacking',
  compile: 'compiling',
  check: 'checking files',
  test: 'testing',
}
/** How often a line is written where there is no terminal, in milliseconds. */
const lineEvery = 2000

/** Progress of an installation on stderr: bytes, rate and time left; a line that rewrites itself on a terminal. */
export class PackMeter {
  readonly #terminal = Boolean(process.stderr.isTTY)
  readonly #meter = new Meter()
  #stage: PackProgress['stage'] | undefined
  #written = 0

  show(progress: PackProgress): void {
    const now = performance.now()
    const reading = this.#meter.read(progress, now)
    const isNew = progress.stage !== this.#stage
    if (isNew && this.#stage && this.#terminal) process.stderr.write('\n')
    this.#stage = progress.stage
    const isLast = progress.done !== undefined && progress.done === progress.total
    if (!isNew && !isLast && now - this.#written < (this.#terminal ? 100 : lineEvery)) return
    this.#written = now
    const line = lineOf(reading)
    process.stderr.write(this.#terminal ? `\r${line}\x1b[K` : `${line}\n`)
  }

  end(): void {
    if (this.#stage && this.#terminal) process.stderr.write('\n')
  }
}

function lineOf({ stage, done, total, rate, left }: EngineProgress): string {
  if (done === undefined || !total) return titles[stage]
  const pace =
    rate === undefined || left === undefined ? '' : `, ${(rate / 1e6).toFixed(1)} MB/s, ${Math.ceil(left)} s left`
  return `${titles[stage]} ${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB${pace}`
}
