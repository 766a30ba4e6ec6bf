import type { Experiment } from '../../../shared/contract.ts'
import { lab } from '../../lab.ts'
import { Track } from '../training/track.ts'

/** Rows of history a thumbnail does not need: the cursor starts behind them. */
const noHistory = 1_000_000
const atMost = 24

interface Entry {
  readonly at: number
  readonly tracks: readonly Track[]
}

/** The flow rows behind thumbnails and the opening picture, read once per change of an experiment. */
export class FlowCache {
  #entries = $state.raw<ReadonlyMap<string, Entry>>(new Map())
  #reading = new Set<string>()

  of(id: string): readonly Track[] | undefined {
    return this.#entries.get(id)?.tracks
  }

  read(experiments: readonly Experiment[]): void {
    for (const experiment of experiments.slice(0, atMost)) void this.#readOne(experiment)
  }

  async #readOne({ id, updatedAt, runs }: Experiment): Promise<void> {
    if (this.#reading.has(id) || this.#entries.get(id)?.at === updatedAt || runs.every((run) => run.step === 0)) return
    this.#reading.add(id)
    try {
      // The epoch is learnt from a first answer; rows are counted from its start.
      const start = { epoch: 0, history: runs.map(() => noHistory), flow: runs.map(() => 0) }
      const { runs: rows } = await lab.training.follow(id, start)
      const tracks = rows.map(({ flow, ...status }) => {
        const track = new Track()
        track.status = status
        track.appendFlow(flow)
        return track
      })
      if (tracks.every((track) => track.step.length)) {
        this.#entries = new Map(this.#entries).set(id, { at: updatedAt, tracks })
      }
    } catch {
      // A picture less; the list itself says what is wrong.
    } finally {
      this.#reading.delete(id)
    }
  }
}
