import type { Lut, Palette } from './colour.ts'

/** Log10 axis in whole decades. */
export interface LogScale {
  readonly lo: number
  readonly hi: number
}

/** Decades a gradient scale covers, and may be made to. */
const decades = 6
export const decadeChoices = [4, 6, 8, 10, 12] as const

/**
 * The one scale of everything compared on a screen: its top is the decade above the largest finite
 * value in view, at least `atLeast` (a power of ten's exponent), six decades down from there, or `span`.
 */
export function gradientScale(largest: number, atLeast = -Infinity, span: number = decades): LogScale {
  const top = largest > 0 && Number.isFinite(largest) ? Math.ceil(Math.log10(largest) - 1e-9) || 0 : 0
  const hi = Math.max(top, atLeast)
  return { lo: hi - span, hi }
}

/** Position on the scale, 0 at `lo`, 1 at `hi`; not clamped. */
export const position = (value: number, scale: LogScale): number =>
  (Math.log10(value) - scale.lo) / (scale.hi - scale.lo)

const entry = (lut: Lut, x: number): number => lut[x <= 0 ? 0 : x >= 1 ? 255 : Math.round(x * 255)] as number

/** Colour word of a gradient norm: exact zero and not-finite values have marks of their own. */
export function gradientColour(value: number, scale: LogScale, palette: Palette): number {
  if (value === 0) return palette.zero
  if (!Number.isFinite(value)) return palette.nan
  return entry(palette.gradient, position(value, scale))
}

/** Colour word of a gate, 0 closed to 1 open. */
export const gateColour = (value: number, palette: Palette): number =>
  Number.isFinite(value) ? entry(palette.gate, value) : palette.nan

/** Colour word of a signed value on a symmetric scale. */
export const signedColour = (value: number, limit: number, palette: Palette): number =>
  Number.isFinite(value) ? entry(palette.signed, 0.5 + (0.5 * value) / limit) : palette.nan

/** Pleasant ticks: about `count` of 1, 2 or 5 times a power of ten, from min to max. */
export function ticks(min: number, max: number, count: number): number[] {
  const raw = (max - min) / Math.max(1, count)
  if (!(raw > 0) || !Number.isFinite(raw)) return [min]
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
