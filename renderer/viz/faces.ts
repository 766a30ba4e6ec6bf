/**
 * How every cell is shown: the family gives colour and mark, a variant has an open mark and a dash of
 * its own. Names and formulas are in `i18n/` and `features/inspect/walk/`; a cell that is in none of
 * them is shown by its id as a custom cell, with its gates as the trace names them.
 */
export const families = ['rnn', 'lstm', 'gru', 'custom'] as const
export type Family = (typeof families)[number]

export interface Face {
  /** Also the colour token of `styles/tokens.css`. */
  readonly family: Family
  readonly open: boolean
  readonly dash: readonly number[]
}

const faces: Readonly<Record<string, Face>> = {
  rnn: { family: 'rnn', open: false, dash: [] },
  lstm: { family: 'lstm', open: false, dash: [] },
  'lstm-peephole': { family: 'lstm', open: true, dash: [8, 2] },
  'lstm-coupled': { family: 'lstm', open: true, dash: [3, 2] },
  gru: { family: 'gru', open: false, dash: [6, 3] },
  'gru-original': { family: 'gru', open: true, dash: [6, 2, 1, 2] },
}
const custom: Face = { family: 'custom', open: false, dash: [2, 3] }

/** Cells with a display of their own; any other gets the custom cell's. */
export const knownCells = Object.keys(faces)

export const faceOf = (cell: string): Face => (Object.hasOwn(faces, cell) ? (faces[cell] as Face) : custom)

/** The dash of a run's line; `again`: a second run of the same cell. */
export const dashOf = (cell: string, again: boolean): number[] => (again ? [10, 3, 2, 3] : [...faceOf(cell).dash])
