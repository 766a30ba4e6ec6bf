import type { Edit, Recipe, SetHeader, Splitting } from '../../../shared/sequences.ts'
import type { Change, PlacedRow } from './change.ts'
import type { SplitRow } from './splits.ts'

/** A dataset as an edit needs to see it. */
export interface SetReader {
  readonly header: SetHeader
  /** What draws the rows; null where they are stored. */
  readonly live: Recipe | null
  /** Never given before, to no row that was deleted either. */
  readonly nextId: number
  row(id: number): PlacedRow | undefined
  /** Ids and positions in order. */
  order(): readonly { readonly id: number; readonly position: number }[]
  /** All rows in order, one at a time. */
  rows(): Iterable<PlacedRow & { readonly id: number }>
  /** All rows in order, as a splitting looks at them. */
  splits(how: Splitting): Iterable<SplitRow>
  /** The dataset as it was in a version. */
  version(version: number): SetReader
}

export type Of<Do extends Edit['do']> = Extract<Edit, { readonly do: Do }>
export type Rule<Do extends Edit['do']> = (edit: Of<Do>, reader: SetReader) => Omit<Change, 'do'>
