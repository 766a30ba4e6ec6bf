import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Edit, SetHeader } from '../../../shared/sequences.ts'
import type { StoredRow } from './rows.ts'

/** A stored row and where it stands: rows are in the order of their positions. */
export interface PlacedRow extends StoredRow {
  readonly position: number
}

/** What an edit came to: what of which rows was and is. Swapping the two takes it back. */
export interface Change {
  readonly do: Edit['do']
  readonly header?: { readonly before: SetHeader; readonly after: SetHeader }
  readonly rows: readonly RowChange[]
}

/** Only fields that change; null: the row is not there, and then the other side has all fields. */
export interface RowChange {
  readonly id: number
  readonly before: Partial<PlacedRow> | null
  readonly after: Partial<PlacedRow> | null
}

export function inverse({ do: name, header, rows }: Change): Change {
  return {
    do: name,
    ...(header && { header: { before: header.after, after: header.before } }),
    rows: rows.map(({ id, before, after }) => ({ id, before: after, after: before })),
  }
}

export const packChange = (change: Change): Uint8Array => deflateRawSync(JSON.stringify(change))
export const unpackChange = (bytes: Uint8Array): Change => JSON.parse(inflateRawSync(bytes).toString()) as Change

/**
 * Positions for `count` rows between two; undefined where numbers are too close for it and all rows have to be
 * numbered anew.
 */
export function positionsBetween(
  before: number | undefined,
  after: number | undefined,
  count: number,
): number[] | undefined {
  if (before === undefined && after === undefined) return Array.from({ length: count }, (_, k) => k + 1)
  if (after === undefined) return Array.from({ length: count }, (_, k) => (before as number) + k + 1)
  if (before === undefined) return Array.from({ length: count }, (_, k) => after - count + k)
  const step = (after - before) / (count + 1)
  const positions = Array.from({ length: count }, (_, k) => before + step * (k + 1))
  const rises = [before, ...positions, after].every((position, k, all) => k === 0 || position > (all[k - 1] as number))
  return rises ? positions : undefined
}
