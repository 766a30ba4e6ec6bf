import { setImmediate as turn } from 'node:timers/promises'
import type { Insight } from '../../../shared/insight.ts'
import type { SequenceTable } from '../workspace/sequences.ts'
import { type JudgedRow, Looker } from './insight.ts'

/** Rows that are looked at between two turns of others. */
const batch = 2000

/** What datasets hold, computed once for every revision; while rows change, it begins anew. */
export class Insights {
  readonly #table: SequenceTable
  #last: { readonly dataset: string; readonly insight: Insight } | undefined

  constructor(table: SequenceTable) {
    this.#table = table
  }

  async of(dataset: string): Promise<Insight> {
    for (;;) {
      const revision = this.#table.log.history(dataset).length
      const known = this.#last
      if (known?.dataset === dataset && known.insight.revision === revision) return known.insight
      const looker = new Looker(this.#table.facts(dataset).header)
      const isStill = () => this.#table.log.history(dataset).length === revision
      const whole =
        (await this.#each(dataset, isStill, (row) => looker.look(row))) &&
        (await this.#each(dataset, isStill, (row, number) => looker.lookAgain(row, number)))
      if (whole) this.#last = { dataset, insight: looker.result(revision) }
    }
  }

  /** Hands on every row in order, a batch between two turns; false where rows changed meanwhile. */
  async #each(
    dataset: string,
    isStill: () => boolean,
    look: (row: JudgedRow, number: number) => void,
  ): Promise<boolean> {
    let position = Number.NEGATIVE_INFINITY
    for (let number = 1; ; ) {
      const rows = this.#table.rows(dataset).after(dataset, position, batch)
      for (const row of rows) look(row, number++)
      const last = rows.at(-1)
      if (!last) return true
      position = last.position
      await turn()
      if (!isStill()) return false
    }
  }
}
