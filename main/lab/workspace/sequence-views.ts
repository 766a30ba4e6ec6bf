import type { DatabaseSync } from 'node:sqlite'
import { ndarray } from '../../../shared/ndarray.ts'
import {
  type Part,
  parseRef,
  parts,
  type RowFault,
  type SetHeader,
  type SetPage,
  type SetState,
  type SetView,
  type ShownRow,
  type Tags,
} from '../../../shared/sequences.ts'
import type { PlacedRow } from '../datasets/change.ts'
import { inWords, previewRead, previewRows } from '../datasets/preview.ts'
import { idsOf } from './sequence-order.ts'
import { columnList } from './sequence-rows.ts'
import type { SequenceTable } from './sequences.ts'

/** Steps of a row that a page shows; the rest is counted. */
const shownSteps = 400

interface ViewedRow extends PlacedRow {
  readonly id: number
  readonly fault: RowFault | null
}

/** How a dataset of sequences is looked at: its state, its rows in any order, a page of them at a time. */
export class SequenceViews {
  readonly #database: DatabaseSync
  readonly #table: SequenceTable
  /** Of the dataset that was looked at last. */
  #numbers: { readonly dataset: string; readonly revision: number; readonly of: Int32Array } | undefined

  constructor(database: DatabaseSync, table: SequenceTable) {
    this.#database = database
    this.#table = table
  }

  state(dataset: string): SetState {
    const { header, live } = this.#table.facts(dataset)
    const history = this.#table.log.history(dataset)
    const counts = this.#database
      .prepare(
        `SELECT split, COUNT(*) AS rows, COUNT(fault) AS faulty, MAX(steps) AS longest FROM ${this.#rows(dataset)}
         WHERE dataset = ? GROUP BY split`,
      )
      .all(dataset) as { split: Part; rows: number; faulty: number; longest: number }[]
    const sum = (of: 'rows' | 'faulty') => counts.reduce((total, part) => total + part[of], 0)
    const rowsIn = (part: Part) => counts.find(({ split }) => split === part)?.rows ?? 0
    const nameOf = (seq: number | null) => (seq === null ? null : this.#table.log.editName(dataset, seq))
    const [, shows] = parseRef(dataset)
    return {
      header,
      rows: sum('rows'),
      inParts: Object.fromEntries(parts.map((part) => [part, rowsIn(part)])) as Record<Part, number>,
      longest: counts.reduce((most, part) => Math.max(most, part.longest), 0),
      faulty: sum('faulty'),
      tags: this.#tags(dataset),
      live,
      shows,
      revision: history.length,
      undo: nameOf(history.undo),
      redo: nameOf(history.redo),
    }
  }

  /** Rows of a dataset, without reading them. */
  count(dataset: string): number {
    const { live } = this.#table.facts(dataset)
    if (live) return live.rows
    const row = this.#database.prepare('SELECT COUNT(*) AS rows FROM sequences WHERE dataset = ?').get(dataset)
    return (row as { rows: number }).rows
  }

  /** The first rows in a few words, a line each; of a live set as they were when it was made so. */
  preview(dataset: string): string {
    const set = this.#database.prepare('SELECT preview FROM sequence_sets WHERE dataset = ?').get(dataset)
    const drawn = (set as { preview: string | null } | undefined)?.preview
    if (typeof drawn === 'string') return drawn
    const rows = this.#database.prepare(
      `SELECT substr(inputs, 1, ${previewRead}) AS inputs, target FROM sequences WHERE dataset = ?
       ORDER BY position LIMIT ${previewRows}`,
    )
    return inWords(rows.all(dataset) as { inputs: string; target: string }[])
  }

  /** The table that a dataset's rows are read from. */
  #rows(dataset: string): string {
    return this.#table.rows(dataset).table
  }

  /** The ids of a view's rows, in its order. */
  ids(dataset: string, view: SetView): Int32Array<ArrayBuffer> {
    return idsOf(this.#database, this.#rows(dataset), dataset, view)
  }

  /** Some rows by id; ids that are gone are left out. */
  page(dataset: string, ids: Iterable<number>): SetPage {
    const { header } = this.#table.facts(dataset)
    const row = this.#database.prepare(
      `SELECT id, fault, ${columnList} FROM ${this.#rows(dataset)} WHERE dataset = ? AND id = ?`,
    )
    const found = Array.from(ids, (id) => row.get(dataset, id) as unknown as ViewedRow | undefined)
    const numbers = this.#numbersOf(dataset)
    return {
      revision: this.#table.log.history(dataset).length,
      rows: found.flatMap((stored) => (stored ? [shown(header, stored, numbers[stored.id] as number)] : [])),
    }
  }

  /** Every row's place in the dataset, by its id. */
  #numbersOf(dataset: string): Int32Array {
    const revision = this.#table.log.history(dataset).length
    if (this.#numbers?.dataset !== dataset || this.#numbers.revision !== revision) {
      const order = this.#table.reader(dataset).order()
      const of = new Int32Array(order.reduce((most, { id }) => Math.max(most, id), 0) + 1)
      for (const [k, { id }] of order.entries()) of[id] = k + 1
      this.#numbers = { dataset, revision, of }
    }
    return this.#numbers.of
  }

  #tags(dataset: string): string[] {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT key FROM (SELECT tags FROM ${this.#rows(dataset)} WHERE dataset = ? AND tags != '{}' LIMIT 2000), json_each(tags)
         ORDER BY key`,
      )
      .all(dataset)
    return (rows as { key: string }[]).map(({ key }) => key)
  }
}

function shown(header: SetHeader, row: ViewedRow, number: number): ShownRow {
  const target = JSON.parse(row.target) as ShownRow['target'] | (number | null)[]
  const isSeries = Array.isArray(target) && header.inputs === 'numbers'
  return {
    id: row.id,
    number,
    inputs: shownInputs(header, row),
    target: isSeries ? floats(target.slice(0, shownSteps) as (number | null)[]) : (target as ShownRow['target']),
    split: row.split,
    tags: JSON.parse(row.tags) as Tags,
    note: row.note,
    steps: row.steps,
    ...(row.fault && { fault: row.fault }),
  }
}

function shownInputs(header: SetHeader, row: ViewedRow): ShownRow['inputs'] {
  const inputs = (JSON.parse(row.inputs) as unknown[]).slice(0, shownSteps)
  if (header.inputs === 'tokens') return inputs as string[]
  return ndarray([inputs.length, header.channels.length], floats(inputs.flat() as (number | null)[]))
}

const floats = (values: readonly (number | null)[]) => Float64Array.from(values, (value) => value ?? Number.NaN)
