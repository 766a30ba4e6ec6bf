import type { EngineNews, EngineOutcome, EngineWork } from '../../../shared/contract.ts'
import { errorData, LabError } from '../../../shared/errors.ts'
import { Meter, type OnProgress } from '../packs/progress.ts'
import { News } from '../runs/news.ts'

/** How long `follow` waits for news, in milliseconds. */
const patience = 10_000
/** Progress is told at most once in so many milliseconds; what is read in between is not news. */
const tellEvery = 250

interface Underway {
  readonly work: EngineWork
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/** The one piece of work on engines that is under way, how the last ones ended, and who waits to hear of it. */
export class Desk {
  readonly #news = new News()
  readonly #outcomes = new Map<string, EngineOutcome>()
  #underway: Underway | undefined
  #changes = 0
  #count = 0
  #told = 0
  #later: NodeJS.Timeout | undefined

  /** Throws `busy` while there is other work, and when the lab closes. */
  refuseWhileBusy(): void {
    if (this.#news.isClosed) throw new LabError('busy', 'The lab is closing.', 'Open it again.')
    if (!this.#underway) return
    const { id, action } = this.#underway.work
    const message = `${id} is being ${action === 'install' ? 'installed' : 'checked'}.`
    throw new LabError('busy', message, 'Wait until it is done, or cancel it.', { engine: id })
  }

  /** Begins work and returns; how it ends is kept. Throws `busy` as `refuseWhileBusy` does. */
  begin(
    work: Pick<EngineWork, 'id' | 'action' | 'stages'>,
    run: (onProgress: OnProgress, signal: AbortSignal) => Promise<unknown>,
  ): void {
    this.refuseWhileBusy()
    const { id } = work
    const abort = new AbortController()
    const meter = new Meter()
    const onProgress: OnProgress = (report) => this.#progress(id, meter.read(report))
    this.#outcomes.delete(id)
    // A moment later, when it is under way: what it reports or throws at once would be lost.
    const ended = Promise.resolve()
      .then(() => run(onProgress, abort.signal))
      .then(
        () => this.#end(work, { end: 'done' }),
        (error: unknown) =>
          this.#end(work, abort.signal.aborted ? { end: 'cancelled' } : { end: 'failed', error: errorData(error) }),
      )
    this.#underway = { work: { ...work, isCancelled: false }, abort, ended }
    this.#tell()
  }

  /** Ends what is under way; resolves when it has cleared away what it made. */
  async cancel(): Promise<void> {
    if (!this.#underway) return
    const { work, abort, ended } = this.#underway
    this.#underway = { work: { ...work, isCancelled: true }, abort, ended }
    this.#tell()
    abort.abort()
    await ended
  }

  dismiss(id: string): void {
    if (this.#outcomes.delete(id)) this.#tell()
  }

  /** The list of engines is no longer what it was. */
  changed(): void {
    this.#changes += 1
    this.#tell()
  }

  /** Throws `busy` when the lab closes. */
  async follow(seen: number | undefined): Promise<EngineNews> {
    if (seen === this.#count) await this.#news.wait(patience)
    if (this.#news.isClosed) throw new LabError('busy', 'The lab is closing.', 'Open it again.')
    return {
      news: this.#count,
      changes: this.#changes,
      ...(this.#underway && { work: this.#underway.work }),
      outcomes: [...this.#outcomes.values()],
    }
  }

  /** Ends what is under way, and every wait. */
  async close(): Promise<void> {
    this.#news.close()
    await this.cancel()
    clearTimeout(this.#later)
  }

  #progress(id: string, progress: NonNullable<EngineWork['progress']>): void {
    const now = this.#underway
    if (now?.work.id !== id) return
    const isNewStage = now.work.progress?.stage !== progress.stage
    this.#underway = { ...now, work: { ...now.work, progress } }
    if (isNewStage) this.#tell()
    else this.#tellSoon()
  }

  #end({ id, action }: Pick<EngineWork, 'id' | 'action'>, outcome: Pick<EngineOutcome, 'end' | 'error'>): void {
    this.#underway = undefined
    this.#outcomes.set(id, { id, action, at: Date.now(), ...outcome })
    this.changed()
  }

  #tellSoon(): void {
    const wait = this.#told + tellEvery - performance.now()
    if (wait <= 0) this.#tell()
    else this.#later ??= setTimeout(() => this.#tell(), wait).unref()
  }

  #tell(): void {
    clearTimeout(this.#later)
    this.#later = undefined
    this.#told = performance.now()
    this.#count += 1
    this.#news.announce()
  }
}
