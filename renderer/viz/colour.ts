import { faceOf, families } from './faces.ts'

/**
 * Colour scales: 11 knots from the theme, interpolated in OKLab (Björn Ottosson, "A perceptual color
 * space for image processing", 2020) to 256 entries, packed for ImageData.
 */
export type Rgb = readonly [number, number, number]

/** 256 colours as little-endian RGBA words, ready for a Uint32Array over ImageData. */
export type Lut = Uint32Array

export interface Palette {
  readonly gradient: Lut
  readonly gate: Lut
  readonly signed: Lut
  readonly zero: number
  readonly nan: number
  readonly nanInk: string
  readonly bg: string
  readonly surface: string
  readonly ink: string
  readonly ink2: string
  readonly ink3: string
  readonly line: string
  readonly line2: string
  readonly halo: string
  readonly font: string
  readonly cell: (id: string) => string
}

export function parseHex(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16)
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255]
}

const toLinear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
const fromLinear = (v: number) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055)

function toOklab(colour: Rgb): Rgb {
  const [r, g, b] = colour.map((v) => toLinear(v / 255)) as unknown as Rgb
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return linear.map((v) => Math.round(255 * fromLinear(Math.min(1, Math.max(0, v))))) as unknown as Rgb
}

export const pack = ([r, g, b]: Rgb): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0
export const unpack = (word: number): Rgb => [word & 255, (word >> 8) & 255, (word >> 16) & 255]
export const cssColour = (word: number): string => `rgb(${unpack(word).join(' ')})`

/** 256 steps through the knots, even in OKLab between two neighbours. */
export function buildLut(knots: readonly Rgb[]): Lut {
  const lab = knots.map(toOklab)
  return Uint32Array.from({ length: 256 }, (_, k) => {
    const x = (k / 255) * (lab.length - 1)
    const i = Math.min(lab.length - 2, Math.floor(x))
    const from = lab[i] as Rgb
    const to = lab[i + 1] as Rgb
    return pack(fromOklab(from.map((v, j) => v + ((to[j] as number) - v) * (x - i)) as unknown as Rgb))
  })
}

/** Black or white, whichever is stronger on the colour (at least 4.5 : 1 either way). */
export function inkOn(word: number): string {
  const [r, g, b] = unpack(word).map((v) => toLinear(v / 255)) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff'
}

/** Reads the theme's tokens from an element's computed style. */
export function readPalette(style: CSSStyleDeclaration): Palette {
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const lut = (name: string) => buildLut(token(name).split(/\s+/).map(parseHex))
  // Read once: while a page is being changed, each look at its style computes all of it anew.
  const cells = Object.fromEntries(families.map((family) => [family, token(family)]))
  return {
    gradient: lut('gradient'),
    gate: lut('gate'),
    signed: lut('signed'),
    zero: pack(parseHex(token('zero'))),
    nan: pack(parseHex(token('nan'))),
    nanInk: token('nan-ink'),
    bg: token('bg'),
    surface: token('surface'),
    ink: token('ink'),
    ink2: token('ink-2'),
    ink3: token('ink-3'),
    line: token('line'),
    line2: token('line-2'),
    halo: token('halo'),
    font: token('font-ui'),
    cell: (id) => cells[faceOf(id).family] as string,
  }
}
