import { type ColourTable, colourTable } from './aggregate.ts'
import type { Palette } from './colour.ts'
import { gateColour, gradientColour, type LogScale, signedColour } from './scale.ts'

const made = new WeakMap<Palette, Map<string, ColourTable>>()

/** A palette's table for a scale, made once: charts on one scale share it. */
function tableOf(palette: Palette, key: string, colour: (value: number) => number): ColourTable {
  const tables = made.get(palette) ?? new Map<string, ColourTable>()
  made.set(palette, tables)
  const table = tables.get(key) ?? colourTable(colour)
  tables.set(key, table)
  return table
}

export const gateTable = (palette: Palette): ColourTable => tableOf(palette, 'gate', (v) => gateColour(v, palette))

export const signedTable = (limit: number, palette: Palette): ColourTable =>
  tableOf(palette, `signed ${limit}`, (v) => signedColour(v, limit, palette))

export const gradientTable = (scale: LogScale, palette: Palette): ColourTable =>
  tableOf(palette, `gradient ${scale.lo} ${scale.hi}`, (v) => gradientColour(v, scale, palette))
