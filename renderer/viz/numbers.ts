/** How numbers are written on screen: tabular, real minus signs, thin spaces, powers as superscripts. */
const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
}
const minus = (text: string) => text.replace('-', '−')

export const pow10 = (exponent: number): string =>
  exponent === 0 ? '1' : `10${String(exponent).replace(/./g, (c) => superscripts[c] ?? c)}`

/** Not finite values by name; everything else through `write`. */
function finite(value: number, write: (value: number) => string): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  return write(value)
}

export const fixed = (value: number, digits = 3): string => finite(value, (v) => minus(v.toFixed(digits)))

export const thousands = (value: number): string =>
  finite(value, (v) => minus(String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, '\u202f')))

/** `digits` of mantissa where the value is small or large: 0.42, 3.3·10⁻⁵, 1.2·10⁴. */
export function scientific(value: number, digits = 1): string {
  return finite(value, (v) => {
    const size = Math.abs(v)
    if (size === 0) return '0'
    if (size >= 0.0995 && size < 1000)
      return minus(size >= 100 ? v.toFixed(0) : size >= 10 ? v.toFixed(1) : v.toFixed(2))
    let exponent = Math.floor(Math.log10(size))
    let mantissa = (size / 10 ** exponent).toFixed(digits)
    if (mantissa.startsWith('10')) {
      exponent += 1
      mantissa = (1).toFixed(digits)
    }
    return `${v < 0 ? '−' : ''}${mantissa}·${pow10(exponent)}`
  })
}

/** As many digits that say something, whatever the size: 0.4213, −12.35, 3.312·10⁻⁵. */
export function significant(value: number, digits = 4): string {
  return finite(value, (v) => {
    const size = Math.abs(v)
    if (size === 0) return '0'
    const isPlain = size >= 1e-3 && size < 10 ** digits - 0.5
    return isPlain ? minus(v.toPrecision(digits)) : scientific(v, digits - 1)
  })
}

/** A gate, a state: three decimals where they say something, else four digits: 0.421, 1.2·10⁻⁵, 3.402·10³⁸. */
export const reading = (value: number): string =>
  value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1000) ? fixed(value) : significant(value)

/** In a box of a diagram: two decimals where they say something, else a digit and its power of ten. */
export const boxed = (value: number): string =>
  value === 0 || (Math.abs(value) >= 0.00995 && Math.abs(value) < 99.5) ? fixed(value, 2) : scientific(value, 0)

/** For a cell of 34 pixels: 1, 0.42, 3·10⁻⁵. */
export function compact(value: number): string {
  return finite(value, (v) => {
    const size = Math.abs(v)
    if (size >= 0.995 && size < 1000) return minus(v.toFixed(size < 9.95 ? 1 : 0)).replace(/\.0$/, '')
    if (size >= 0.00995 && size < 1) return minus(v.toFixed(2))
    return scientific(v, 0)
  })
}

/** A loss or metric: three decimals where they say something, else scientific. */
export const measure = (value: number): string =>
  Math.abs(value) >= 0.01 && Math.abs(value) < 100 ? fixed(value, 3) : scientific(value)

/** Seconds as 0:20, 3:05 or 1:02:00. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(s / 3600)
  const minutes = Math.floor((s % 3600) / 60)
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`
}

/** Bytes as disks and networks count them: 430 MB, 1.3 GB. */
export function bytes(value: number): string {
  if (value >= 0.9995e9) return `${(value / 1e9).toFixed(1)} GB`
  return value >= 9.95e6 ? `${(value / 1e6).toFixed(0)} MB` : `${(value / 1e6).toFixed(1)} MB`
}
