import type { EngineInfo, EngineList, EngineNews, EngineOutcome, EngineWork } from '../../shared/contract.ts'
import { lab } from '../lab.ts'

/** After a failed call, the next is made so many milliseconds later. */
const retryAfter = 500

/** What there is to compute with, and the work on it: the lab's, as every page that looks sees it. */
class Engines {
  list = $state.raw<EngineList | null>(null)
  #news = $state.raw<EngineNews | null>(null)
  /** Why the list could not be read. */
  problem = $state.raw<unknown>(null)

  get all(): readonly EngineInfo[] {
    return this.list?.engines ?? []
  }

  get ready(): readonly EngineInfo[] {
    return this.all.filter(({ state }) => state === 'ready')
  }

  /** What `auto` takes: the fastest of what was measured last, else the first that can be used. */
  get preferred(): EngineInfo | undefined {
    const fastest = this.list?.choices[0]?.timings[0]?.id
    return this.ready.find(({ id }) => id === fastest) ?? this.ready[0]
  }

  get work(): EngineWork | undefined {
    return this.#news?.work
  }

  outcome(id: string): EngineOutcome | undefined {
    return this.#news?.outcomes.find((outcome) => outcome.id === id)
  }

  /** Listens until the returned function is called; a lab that was started anew is asked from the beginning. */
  watch(): () => void {
    let listening = true
    const listen = async () => {
      let seen: EngineNews | undefined
      while (listening) {
        try {
          const news = await lab.engines.follow(seen?.news)
          if (!listening) return
          // What came of the work is told together with the engines as they are after it.
          if (!seen) void this.refresh()
          else if (seen.changes !== news.changes) await this.refresh()
          seen = news
          this.#news = news
        } catch {
          seen = undefined
          await new Promise((resolve) => setTimeout(resolve, retryAfter))
        }
      }
    }
    void listen()
    return () => {
      listening = false
    }
  }

  async refresh(): Promise<void> {
    try {
      this.list = await lab.engines.list()
      this.problem = null
    } catch (thrown) {
      this.problem = thrown
    }
  }
}

export const engines = new Engines()
