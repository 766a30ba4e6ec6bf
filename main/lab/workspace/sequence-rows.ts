import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SetHeader, Splitting } from '../../../shared/sequences.ts'
import type { PlacedRow } from '../datasets/change.ts'
import type { JudgedRow } from '../datasets/insight.ts'
import { allowedBy, faultOf, type StoredRow } from '../datasets/rows.ts'
import type { SplitRow } from '../datasets/splits.ts'

const storedColumns = ['position', 'steps', 'inputs', 'target', 'split', 'tags', 'note'] as const
/** The same, as SQL names them. */
export const columnList = storedColumns.join(', ')
/** A table of rows, of many datasets; what is wrong with a row stands beside it. */
export class SequenceRows {
  readonly table: string
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, table: string) {
    this.table = table
    this.#database = database
  }

  row(dataset: string, id: number): PlacedRow | undefined {
    return this.#prepare(`SELECT ${columnList} FROM ${this.table} WHERE dataset = ? AND id = ?`).get(
      dataset,
      id,
    ) as unknown as PlacedRow | undefined
  }

  /** Some rows, in the order asked for; without those that are gone. */
  *some(dataset: string, ids: Iterable<number>): Generator<PlacedRow, void> {
    for (const id of ids) {
      const row = this.row(dataset, id)
      if (row) yield row
    }
  }

  /** Ids and positions in order. */
  order(dataset: string): { id: number; position: number }[] {
    const rows = this.#prepare(`SELECT id, position FROM ${this.table} WHERE dataset = ? ORDER BY position`)
    return rows.all(dataset) as unknown as { id: number; position: number }[]
  }

  /** All rows in order, one at a time. */
  all(dataset: string): Generator<PlacedRow & { readonly id: number }, void> {
    return this.#paged(`id, ${columnList}`, dataset, 1000)
  }

  /** All rows in order, as a splitting looks at them. */
  splits(dataset: string, { by, tag }: Splitting): Generator<SplitRow & { readonly position: number }, void> {
    const key = by === 'stratified' ? 'target' : tag === undefined ? 'NULL' : 'json_extract(tags, ?4)'
    const path = key.includes('?4') ? [`$.${JSON.stringify(tag)}`] : []
    return this.#paged(`id, split, position, ${key} AS key`, dataset, 10_000, ...path)
  }

  /** Rows in order, so many read at once: whoever iterates may take turns with others. */
  *#paged<Row extends { readonly position: number }>(
    columns: string,
    dataset: string,
    size: number,
    ...more: SQLInputValue[]
  ): Generator<Row, void> {
    const rows = this.#prepare(
      `SELECT ${columns} FROM ${this.table} WHERE dataset = ?1 AND position > ?2 ORDER BY position LIMIT ?3`,
    )
    for (let position = Number.NEGATIVE_INFINITY; ; ) {
      const page = rows.all(dataset, position, size, ...more) as unknown as Row[]
      yield* page
      if (page.length < size) return
      position = page.at(-1)?.position as number
    }
  }

  /** The next rows behind a position, with what is wrong with each. */
  after(dataset: string, position: number, count: number): JudgedRow[] {
    const rows = this.#prepare(
      `SELECT id, fault, ${columnList} FROM ${this.table} WHERE dataset = ? AND position > ? ORDER BY position LIMIT ?`,
    )
    return rows.all(dataset, position, count) as unknown as JudgedRow[]
  }

  /** Rows at the end, numbered from `first`. Returns the id that would be next. */
  append(dataset: string, header: SetHeader, rows: Iterable<StoredRow>, first: number): number {
    const allowed = allowedBy(header)
    const insert = this.#insert()
    let id = first
    for (const row of rows) insert(dataset, id, { ...row, position: id++ }, faultOf(header, row, allowed))
    return id
  }

  /** Puts rows in place, takes them away, sets their fields. Faults of what is set are not judged anew. */
  apply(
    dataset: string,
    header: SetHeader,
    changes: Iterable<{ readonly id: number; readonly before: unknown; readonly after: Partial<PlacedRow> | null }>,
  ): void {
    const allowed = allowedBy(header)
    const insert = this.#insert()
    const remove = this.#prepare(`DELETE FROM ${this.table} WHERE dataset = ? AND id = ?`)
    for (const { id, before, after } of changes) {
      if (after === null) remove.run(dataset, id)
      else if (before === null) insert(dataset, id, after as PlacedRow, faultOf(header, after as PlacedRow, allowed))
      else this.#update(dataset, id, after)
    }
  }

  /** Says anew what is wrong with rows. */
  judge(dataset: string, header: SetHeader, ids: Iterable<number>): void {
    const allowed = allowedBy(header)
    const mark = this.#prepare(`UPDATE ${this.table} SET fault = ? WHERE dataset = ? AND id = ? AND fault IS NOT ?`)
    for (const id of ids) {
      const row = this.row(dataset, id)
      if (!row) continue
      const fault = faultOf(header, row, allowed)
      mark.run(fault, dataset, id, fault)
    }
  }

  #insert(): (dataset: string, id: number, row: PlacedRow, fault: string | null) => void {
    const insert = this.#prepare(
      `INSERT INTO ${this.table} (dataset, id, ${columnList}, fault) VALUES (?, ?, ${storedColumns.map(() => '?').join(', ')}, ?)`,
    )
    return (dataset, id, row, fault) => insert.run(dataset, id, ...storedColumns.map((name) => row[name]), fault)
  }

  #update(dataset: string, id: number, fields: Partial<PlacedRow>): void {
    const names = storedColumns.filter((name) => fields[name] !== undefined)
    const values = names.map((name) => fields[name] as SQLInputValue)
    const assignments = names.map((name) => `${name} = ?`).join(', ')
    this.#prepare(`UPDATE ${this.table} SET ${assignments} WHERE dataset = ? AND id = ?`).run(...values, dataset, id)
  }

  #prepare(query: string): StatementSync {
    const known = this.#statements.get(query)
    if (known) return known
    const statement = this.#database.prepare(query)
    this.#statements.set(query, statement)
    return statement
  }
}
