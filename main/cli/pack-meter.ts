import type { PackProgress } from '../lab/packs/progress.ts'

const titles = { download: 'fetching', unpack: 'unpacking', compile: 'compiling', test: 'testing' } as const
/** How often a line is written where there is no terminal, in milliseconds. */
const lineEvery = 2000

/** Progress of an installation on stderr: bytes, rate and time left; a line that rewrites itself on a terminal. */
export class PackMeter {
  readonly #terminal = Boolean(process.stderr.isTTY)
  #stage: PackProgress['stage'] | undefined
  #began = 0
  #written = 0

  show(progress: PackProgress): void {
    const now = performance.now()
    const isNew = progress.stage !== this.#stage
    if (isNew) {
      if (this.#stage && this.#terminal) process.stderr.write('\n')
      this.#stage = progress.stage
      this.#began = now
    }
    const isLast = progress.done !== undefined && progress.done === progress.total
    if (!isNew && !isLast && now - this.#written < (this.#terminal ? 100 : lineEvery)) return
    this.#written = now
    const line = this.#line(progress, (now - this.#began) / 1000)
    process.stderr.write(this.#terminal ? `\r${line}\x1b[K` : `${line}\n`)
  }

  end(): void {
    if (this.#stage && this.#terminal) process.stderr.write('\n')
  }

  #line({ stage, done, total }: PackProgress, seconds: number): string {
    if (done === undefined || !total) return titles[stage]
    const rate = seconds > 0.2 ? done / seconds : 0
    const left = rate > 0 ? `, ${(rate / 1e6).toFixed(1)} MB/s, ${Math.ceil((total - done) / rate)} s left` : ''
    return `${titles[stage]} ${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB${left}`
  }
}
