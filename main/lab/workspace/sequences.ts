import type { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'
import { type Edit, type Part, type Recipe, type SetHeader, versionRef } from '../../../shared/sequences.ts'
import { type Change, inverse, type RowChange } from '../datasets/change.ts'
import { drawInTurns } from '../datasets/draw.ts'
import type { SetReader } from '../datasets/edit-rule.ts'
import { changeOf } from '../datasets/edits.ts'
import { drawRows } from '../datasets/generate.ts'
import { drawnInWords } from '../datasets/preview.ts'
import type { StoredRow } from '../datasets/rows.ts'
import { Shared } from '../datasets/turns.ts'
import { inTransaction } from './schema.ts'
import { SequenceCopies, type SetFacts } from './sequence-copies.ts'
import { SequenceLog } from './sequence-log.ts'
import { SequenceRows } from './sequence-rows.ts'

/**
 * The rows of datasets of sequences, their header and the log of every change. Each edit is one transaction:
 * whenever the process ends, it is there whole or not at all. Of a live set only what draws its rows is kept.
 */
export class SequenceTable {
  /** Sets that can be had again, by their `SetRef`. */
  readonly copies: SequenceCopies
  readonly log: SequenceLog
  readonly #database: DatabaseSync
  readonly #stored: SequenceRows
  readonly #drawing = new Shared()

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#stored = new SequenceRows(database, 'sequences')
    this.copies = new SequenceCopies(database)
    this.log = new SequenceLog(database)
  }

  /** Gives a dataset its header, and what draws its rows; else it has none yet. */
  create(dataset: string, { header, live }: SetFacts): void {
    this.#database
      .prepare('INSERT INTO sequence_sets (dataset, header, live, preview, next_id) VALUES (?, ?, ?, ?, 1)')
      .run(dataset, JSON.stringify(header), live && JSON.stringify(live), live && drawnInWords(live))
  }

  /** Rows at the end that no log will know: what a file brings, before anyone edits. */
  append(dataset: string, rows: Iterable<StoredRow>): void {
    inTransaction(this.#database, () => {
      const { header, nextId } = this.#facts(dataset)
      this.#setNextId(dataset, this.#stored.append(dataset, header, rows, nextId))
    })
  }

  /** Puts rows into other parts, which no log will know either. */
  assign(dataset: string, rows: Iterable<{ readonly id: number; readonly to: Part }>): void {
    inTransaction(this.#database, () => {
      const update = this.#database.prepare('UPDATE sequences SET split = ? WHERE dataset = ? AND id = ?')
      for (const { id, to } of rows) update.run(to, dataset, id)
    })
  }

  /** What a dataset or a version at hand is. Throws `not-found` where it is no set of sequences. */
  facts(ref: string): SetFacts {
    return this.#facts(ref)
  }

  /** Has a live set's rows drawn, where they are not at hand, while others get their turns. */
  ready(dataset: string): Promise<void> {
    return this.#drawing.run(dataset, () => this.#draw(dataset))
  }

  /** Draws what is asked for, and begins anew where that becomes something else meanwhile. */
  async #draw(dataset: string): Promise<void> {
    for (;;) {
      const { header, live } = this.#facts(dataset)
      const source = JSON.stringify(live)
      if (!live || this.copies.get(dataset, source)) return
      const isWanted = () => JSON.stringify(this.#facts(dataset).live) === source
      await this.copies.putInTurns(dataset, source, { header, live }, drawInTurns(live), isWanted)
    }
  }

  /** The table that has the rows of a dataset, or of a version at hand; a live set that is not `ready` draws them now. */
  rows(ref: string): SequenceRows {
    const { header, live, isCopy } = this.#facts(ref)
    if (!live && !isCopy) return this.#stored
    if (live && !isCopy) {
      const source = JSON.stringify(live)
      if (!this.copies.get(ref, source)) this.copies.put(ref, source, { header, live }, drawRows(live))
    }
    return this.copies.rows
  }

  reader(ref: string): SetReader {
    const { header, live, nextId } = this.#facts(ref)
    return {
      header,
      live,
      nextId,
      row: (id) => this.rows(ref).row(ref, id),
      order: () => this.rows(ref).order(ref),
      rows: () => this.rows(ref).all(ref),
      splits: (how) => this.rows(ref).splits(ref, how),
      version: (version) => this.reader(versionRef(ref, version)),
    }
  }

  /**
   * Does an edit and logs it; one that changes nothing leaves no trace. A version that is restored has to be at hand.
   * Throws what `changeOf` throws.
   */
  edit(dataset: string, edit: Edit): void {
    this.#logged(dataset, () => this.make(dataset, changeOf(edit, this.reader(dataset))))
  }

  /** The same where what it comes to is known: of rows as they are now. */
  make(dataset: string, change: Change): void {
    if (!change.rows.length && !change.header && !change.live) return
    this.#logged(dataset, () => {
      this.#apply(dataset, change)
      this.log.add(dataset, 'change', change)
    })
  }

  /** Takes the last edit back; false where there is none. */
  undo(dataset: string): boolean {
    return this.#again(dataset, 'undo')
  }

  /** Does the edit again that was taken back last. */
  redo(dataset: string): boolean {
    return this.#again(dataset, 'redo')
  }

  #facts(ref: string): SetFacts & { readonly nextId: number; readonly isCopy: boolean } {
    const copy = ref.includes('@') ? this.copies.get(ref) : undefined
    if (copy) return { ...copy, nextId: 1, isCopy: true }
    const set = this.#database.prepare('SELECT header, live, next_id FROM sequence_sets WHERE dataset = ?').get(ref)
    if (!set) {
      const message = `The dataset ${ref} is no set of sequences.`
      throw new LabError('not-found', message, 'Open the list of datasets again.', { id: ref })
    }
    const { header, live, next_id: nextId } = set as { header: string; live: string | null; next_id: number }
    return {
      header: JSON.parse(header) as SetHeader,
      live: live === null ? null : (JSON.parse(live) as Recipe),
      nextId,
      isCopy: false,
    }
  }

  #again(dataset: string, kind: 'undo' | 'redo'): boolean {
    const seq = this.log.history(dataset)[kind]
    if (seq === null) return false
    this.#logged(dataset, () => {
      const change = this.log.change(dataset, seq)
      this.#apply(dataset, kind === 'undo' ? inverse(change) : change)
      this.log.add(dataset, kind, null)
    })
    return true
  }

  /** All of `act` or nothing, what is known of the log included. */
  #logged(dataset: string, act: () => void): void {
    try {
      inTransaction(this.#database, act)
    } catch (error) {
      this.log.forget(dataset)
      throw error
    }
  }

  #apply(dataset: string, { header, live, rows }: Change): void {
    const set = (columns: string, ...values: (string | null)[]) =>
      this.#database.prepare(`UPDATE sequence_sets SET ${columns} WHERE dataset = ?`).run(...values, dataset)
    if (header) set('header = ?', JSON.stringify(header.after))
    if (live?.after) set('live = ?, preview = ?', JSON.stringify(live.after), drawnInWords(live.after))
    else if (live) set('live = NULL, preview = NULL')
    const facts = this.#facts(dataset)
    this.#stored.apply(dataset, facts.header, rows)
    this.#setNextId(
      dataset,
      rows.reduce((next, { id }) => Math.max(next, id + 1), facts.nextId),
    )
    // Rows that came in were judged as they did.
    const isTouched = ({ after }: RowChange) => after && ('inputs' in after || 'target' in after)
    const fresh = new Set(rows.flatMap(({ id, before }) => (before === null ? id : [])))
    const judged = header ? this.#stored.order(dataset) : rows.filter(isTouched)
    this.#stored.judge(
      dataset,
      facts.header,
      judged.flatMap(({ id }) => (fresh.has(id) ? [] : id)),
    )
  }

  #setNextId(dataset: string, nextId: number): void {
    this.#database.prepare('UPDATE sequence_sets SET next_id = ? WHERE dataset = ?').run(nextId, dataset)
  }
}
