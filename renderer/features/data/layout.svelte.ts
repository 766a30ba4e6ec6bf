import type { SetState } from '../../../shared/sequences.ts'
import { type Column, columnsOf } from './cells.ts'

export const rowHeight = 27
/** Rows that are drawn above and below those in sight. */
const around = 2

/** A column and where it stands. */
export interface Placed {
  readonly column: Column
  readonly index: number
  readonly left: number
  /** It stays where it is while the others are scrolled sideways. */
  readonly stays: boolean
}

/** What of a grid is in sight. */
export class Layout {
  top = $state(0)
  left = $state(0)
  height = $state(0)
  width = $state(0)
  readonly #shown: () => SetState
  readonly #count: () => number
  readonly columns = $derived.by(() => columnsOf(this.#shown()))
  readonly placed = $derived.by(() => {
    let left = 0
    return this.columns.map((column, index): Placed => {
      const placed = { column, index, left, stays: column.step === undefined && staying.has(column.field) }
      left += column.width
      return placed
    })
  })
  /** The width of all columns, and of those that stay. */
  readonly whole = $derived(this.columns.reduce((sum, { width }) => sum + width, 0))
  readonly gutter = $derived(this.placed.reduce((sum, { stays, column }) => sum + (stays ? column.width : 0), 0))
  readonly seen = $derived(this.placed.filter((placed) => this.#isSeen(placed)))
  /** The first column in sight of those that are scrolled sideways, and the room of those before it. */
  readonly next = $derived(this.seen.find(({ stays }) => !stays)?.index ?? -1)
  readonly gap = $derived((this.placed[this.next]?.left ?? this.gutter) - this.gutter)
  readonly first = $derived(Math.max(0, Math.floor(this.top / rowHeight) - around))
  readonly last = $derived.by(() => {
    return Math.min(this.#count(), Math.ceil((this.top + this.height) / rowHeight) + around)
  })
  /**
   * The rows in sight, each in a place of its own that it keeps: of a grid that is scrolled, a place gets another row
   * when its own has gone out of sight, and nothing is made anew.
   */
  readonly rows = $derived.by(() => {
    const { first, last } = this
    const places = Math.ceil(this.height / rowHeight) + 2 * around + 1
    const indices = Array.from(
      { length: places },
      (_, place) => first + ((((place - first) % places) + places) % places),
    )
    return indices.map((index) => (index < last ? index : null))
  })

  constructor(shown: () => SetState, count: () => number) {
    this.#shown = shown
    this.#count = count
  }

  /** Where a column begins in the grid as it is scrolled now. */
  leftOf({ left, stays }: Placed): number {
    return stays ? left + this.left : left
  }

  /** From the end of a row of so many steps to where columns of steps end. */
  past(steps: number): { readonly left: number; readonly width: number } | undefined {
    const from = this.placed.find(({ column }) => column.step === steps)
    const last = this.placed.findLast(({ column }) => column.step !== undefined)
    return from && last && { left: from.left, width: last.left + last.column.width - from.left }
  }

  #isSeen({ column, left, stays }: Placed): boolean {
    return stays || (left + column.width > this.gutter + this.left && left < this.left + this.width)
  }
}

const staying = new Set(['number', 'split', 'target'])
