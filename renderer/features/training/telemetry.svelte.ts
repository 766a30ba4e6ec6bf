import type { Cursor, Follow } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'
import { Track } from './track.ts'

/** Shortest time between two pulls: at most ten drawings a second are asked for, whatever training does. */
const pullEveryMs = 100
const retryMs = 500

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Rows of every run of one experiment, pulled by cursor: a dropped connection leaves no gap. */
export class Telemetry {
  /** Counts applied pulls; drawings depend on it and read the tracks, which are plain. */
  version = $state(0)
  tracks: readonly Track[] = []
  #epoch = 0
  #news: number | undefined
  #alive = true
  #id: string
  #changed: () => void

  constructor(id: string, runs: number, changed: () => void) {
    this.#id = id
    this.tracks = Array.from({ length: runs }, () => new Track())
    this.#changed = changed
  }

  stop(): void {
    this.#alive = false
  }

  get #cursor(): Cursor {
    return {
      epoch: this.#epoch,
      news: this.#news,
      history: this.tracks.map((track) => track.historyRows),
      flow: this.tracks.map((track) => track.step.length),
    }
  }

  /** Pulls until it is stopped. */
  async follow(): Promise<void> {
    while (this.#alive) {
      const started = performance.now()
      try {
        const news = await lab.training.follow(this.#id, this.#cursor)
        if (!this.#alive) return
        this.#apply(news)
        await pause(Math.max(0, pullEveryMs - (performance.now() - started)))
      } catch {
        await pause(retryMs)
      }
    }
  }

  #apply(news: Follow): void {
    this.#news = news.news
    if (news.epoch !== this.#epoch) {
      this.#epoch = news.epoch
      this.tracks = news.runs.map(() => new Track())
    }
    let turned = false
    news.runs.forEach(({ history, flow, ...status }, index) => {
      const track = this.tracks[index]
      if (!track) return
      turned ||= track.status.state !== status.state
      track.status = status
      track.appendHistory(history)
      track.appendFlow(flow)
    })
    this.version += 1
    if (turned) this.#changed()
  }
}
