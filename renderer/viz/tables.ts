import { type ColourTable, colourTable } from './aggregate.ts'
import type { Palette } from './colour.ts'
import { gateColour, gradientColour, type LogScale, signedColour } from './scale.ts'

/** Tables kept of a palette, 256 KiB each: the scale of a difference is a number of its own, and there is no end of them. */
const kept = 64

const made = new WeakMap<Palette, Map<string, ColourTable>>()

/** A palette's table for a scale, made once while it is used: charts on one scale share it. */
function tableOf(palette: Palette, key: string, colour: (value: number) => number): ColourTable {
  const tables = made.get(palette) ?? new Map<string, ColourTable>()
  made.set(palette, tables)
  const table = tables.get(key) ?? colourTable(colour)
  // The one that was longest out of use stands first, and goes.
  tables.delete(key)
  tables.set(key, table)
  if (tables.size > kept) tables.delete(tables.keys().next().value as string)
  return table
}

export const gateTable = (palette: Palette): ColourTable => tableOf(palette, 'gate', (v) => gateColour(v, palette))

export const signedTable = (limit: number, palette: Palette): ColourTable =>
  tableOf(palette, `signed ${limit}`, (v) => signedColour(v, limit, palette))

export const gradientTable = (scale: LogScale, palette: Palette): ColourTable =>
  tableOf(palette, `gradient ${scale.lo} ${scale.hi}`, (v) => gradientColour(v, scale, palette))
