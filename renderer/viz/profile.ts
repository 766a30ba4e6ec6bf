import type { Palette } from './colour.ts'
import { type Columns, middleOf } from './columns.ts'
import { dashOf } from './faces.ts'
import { horizonThreshold } from './horizon.ts'
import { type LogScale, position } from './scale.ts'
import { type Context, cellMark, type Point, polyline, rule } from './surface.ts'

export interface ProfileSeries {
  readonly cell: string
  readonly open: boolean
  readonly values: Float32Array
}

export interface Profile {
  readonly series: ProfileSeries
  /** The other runs, for comparison, in grey. */
  readonly others: readonly ProfileSeries[]
  readonly columns: Columns
  readonly height: number
  readonly scale: LogScale
  /** Time step (0-based) under the cursor. */
  readonly cursor: number
}

const margin = 4

/** y of a norm on the profile's log axis; zero lies below everything. */
export function profileY(value: number, height: number, scale: LogScale): number {
  const y = (1 - position(Math.max(value, 1e-45), scale)) * (height - 2 * margin) + margin
  return Number.isFinite(value) ? y : Number.NaN
}

/** flow(t) at one training step on the shared log axis; dotted: 1% of the last step, the memory horizon's mark. */
export function drawProfile(g: Context, profile: Profile, palette: Palette): void {
  const { columns, height, scale, series, cursor } = profile
  const y = (value: number) => profileY(value, height, scale)
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  for (let exponent = scale.hi; exponent >= scale.lo; exponent -= 2) {
    const at = Math.round(y(10 ** exponent)) + 0.5
    rule(g, [0, at], [columns.width, at], { colour: palette.line })
  }
  g.save()
  g.beginPath()
  g.rect(0, 0, columns.width, height)
  g.clip()
  const points = (values: Float32Array): Point[] => Array.from(values, (value, t) => [middleOf(columns, t), y(value)])
  for (const other of profile.others) {
    polyline(g, points(other.values), { colour: palette.line2, width: 1.25, dash: dashOf(other.cell, other.open) })
  }
  const last = series.values[series.values.length - 1] ?? Number.NaN
  if (last > 0) {
    const at = Math.round(y(last * horizonThreshold)) + 0.5
    rule(g, [0, at], [columns.width, at], { colour: palette.ink3, dash: [2, 3] })
  }
  const colour = palette.cell(series.cell)
  polyline(g, points(series.values), { colour, width: 2.25, dash: dashOf(series.cell, series.open) })
  g.restore()
  const x = Math.round(middleOf(columns, cursor)) + 0.5
  rule(g, [x, 0], [x, height], { colour: palette.ink })
  const value = series.values[cursor] ?? Number.NaN
  if (y(value) <= height - margin) cellMark(g, series.cell, [x, Math.max(margin, y(value))], 3.5, colour, series.open)
  else if (Number.isFinite(value)) drawBelow(g, x, height, colour)
}

/** A triangle at the bottom: the value lies below the axis. */
function drawBelow(g: Context, x: number, height: number, colour: string): void {
  g.fillStyle = colour
  g.beginPath()
  g.moveTo(x - 4.5, height - 9)
  g.lineTo(x + 4.5, height - 9)
  g.lineTo(x, height - 2)
  g.fill()
}
