import Papa from 'papaparse'

/** Nine digits say everything a float32 holds; what is not finite keeps its name. */
export const number = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value)

type Cell = string | number | undefined

/** Rows below the names of their columns, as CSV. */
export const writeCsv = (header: readonly string[], rows: Iterable<readonly Cell[]>): string =>
  `${Papa.unparse([header, ...rows], { newline: '\n' })}\n`
