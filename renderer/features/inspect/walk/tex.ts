import { reading, scientific } from '../../../viz/numbers.ts'

const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A number as the page writes it, in TeX. */
const inTex = (written: string): string =>
  written
    .replace(
      /10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
      (_, power: string) => `10^{${[...power].map((c) => (c === '⁻' ? '-' : digits.indexOf(c))).join('')}}`,
    )
    .replaceAll('−', '-')
    .replace('·', '\\cdot ')
    .replace('∞', '\\infty')
    .replace('NaN', '\\mathrm{NaN}')

export const tex = (value: number): string => inTex(reading(value))
export const texSmall = (value: number): string => inTex(scientific(value))
/** As a term of a sum: with its sign. */
export const term = (value: number): string => (value < 0 ? `- ${tex(-value)}` : `+ ${tex(value)}`)
/** As a factor: in brackets where it is negative. */
export const factor = (value: number): string => (value < 0 ? `(${tex(value)})` : tex(value))
