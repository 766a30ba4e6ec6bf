import type { DataSession } from './session.svelte.ts'

/** Where the keyboard is in the grid, what is selected, and what is being typed. */
export class Cursor {
  row = $state(0)
  column = $state(2)
  /** The other end of a selection of rows. */
  anchor = $state(0)
  /** What is being typed into the cell; null: nothing. */
  editing = $state<string | null>(null)
  readonly #session: DataSession
  readonly #columns: () => number

  constructor(session: DataSession, columns: () => number) {
    this.#session = session
    this.#columns = columns
  }

  /** Goes to a cell; `extend` keeps the selection's other end. */
  go(row: number, column: number, extend = false): void {
    this.row = Math.max(0, Math.min(this.#session.ids.length - 1, row))
    this.column = Math.max(0, Math.min(this.#columns() - 1, column))
    if (!extend) this.anchor = this.row
    this.editing = null
  }

  get from(): number {
    return Math.min(this.row, this.anchor)
  }

  get to(): number {
    return Math.max(this.row, this.anchor)
  }

  /** The ids of the selected rows. */
  get selected(): Int32Array<ArrayBuffer> {
    return this.#session.ids.slice(this.from, this.to + 1)
  }

  selectAll(): void {
    this.anchor = 0
    this.row = Math.max(0, this.#session.ids.length - 1)
  }
}
