import type { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'
import { type Edit, type Part, parseRef, type Recipe, type SetHeader, versionRef } from '../../../shared/sequences.ts'
import { type Change, inverse, packChange, type RowChange, unpackChange } from '../datasets/change.ts'
import type { SetReader } from '../datasets/edit-rule.ts'
import { changeOf } from '../datasets/edits.ts'
import { drawRows } from '../datasets/generate.ts'
import { drawnInWords } from '../datasets/preview.ts'
import type { StoredRow } from '../datasets/rows.ts'
import { Shared } from '../datasets/turns.ts'
import { History } from './history.ts'
import { inTransaction } from './schema.ts'
import { SequenceCopies, type SetFacts } from './sequence-copies.ts'
import { SequenceRows } from './sequence-rows.ts'

/** Of a version, which nothing changes. */
const noHistory = new History()

/**
 * The rows of datasets of sequences, their header and the log of every change. Each edit is one transaction:
 * whenever the process ends, it is there whole or not at all. Of a live set only what draws its rows is kept.
 */
export class SequenceTable {
  /** Sets that can be had again, by their `SetRef`. */
  readonly copies: SequenceCopies
  readonly #database: DatabaseSync
  readonly #stored: SequenceRows
  readonly #histories = new Map<string, History>()
  readonly #drawing = new Shared()

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#stored = new SequenceRows(database, 'sequences')
    this.copies = new SequenceCopies(database)
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
      await this.copies.putInTurns(dataset, source, { header, live }, drawRows(live), isWanted)
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
      this.#log(dataset, 'change', change)
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

  /** Counts changes, also those that took one back. */
  history(dataset: string): History {
    if (parseRef(dataset)[1] !== null) return noHistory
    const known = this.#histories.get(dataset)
    if (known) return known
    const rows = this.#database.prepare('SELECT kind FROM sequence_log WHERE dataset = ? ORDER BY seq').all(dataset)
    const history = new History((rows as { kind: 'change' }[]).map(({ kind }) => kind))
    this.#histories.set(dataset, history)
    return history
  }

  /** The change of a log entry. */
  change(dataset: string, seq: number): Change {
    const row = this.#database
      .prepare('SELECT change FROM sequence_log WHERE dataset = ? AND seq = ?')
      .get(dataset, seq)
    return unpackChange((row as { change: Uint8Array }).change)
  }

  /** The name of the edit that a log entry is of, without reading what it changed. */
  editName(dataset: string, seq: number): Edit['do'] {
    const row = this.#database.prepare('SELECT name FROM sequence_log WHERE dataset = ? AND seq = ?').get(dataset, seq)
    // Early entries have it only within.
    return (row as { name: Edit['do'] | null }).name ?? this.change(dataset, seq).do
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
    const seq = this.history(dataset)[kind]
    if (seq === null) return false
    this.#logged(dataset, () => {
      const change = this.change(dataset, seq)
      this.#apply(dataset, kind === 'undo' ? inverse(change) : change)
      this.#log(dataset, kind, null)
    })
    return true
  }

  /** All of `act` or nothing, what is known of the log included. */
  #logged(dataset: string, act: () => void): void {
    try {
      inTransaction(this.#database, act)
    } catch (error) {
      this.#histories.delete(dataset)
      throw error
    }
  }

  #log(dataset: string, kind: 'change' | 'undo' | 'redo', change: Change | null): void {
    const history = this.history(dataset)
    this.#database
      .prepare('INSERT INTO sequence_log (dataset, seq, kind, name, change) VALUES (?, ?, ?, ?, ?)')
      .run(dataset, history.length + 1, kind, change?.do ?? null, change && packChange(change))
    history.add(kind)
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
