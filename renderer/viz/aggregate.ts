import type { Columns } from './columns.ts'

/**
 * What one column says of several time steps. A gradient: its largest, so that nothing that arrives is
 * hidden. A gate: its mean. A signed value: the one of largest size. NaN before everything, then an
 * infinity; zero only where all are.
 */
export type Rule = 'gradient' | 'gate' | 'signed'

/** [T, H] in one array, unit by unit within a time step. */
export interface Matrix {
  readonly steps: number
  readonly units: number
  readonly data: Float32Array
}

const size = 0x7fff_ffff
const scratch = new Float32Array(1)
const scratchBits = new Uint32Array(scratch.buffer)

/** The bits of float32 numbers. Without the sign they order as sizes do, infinity above all numbers and NaN above it. */
const bitsOf = (data: Float32Array) => new Uint32Array(data.buffer, data.byteOffset, data.length)

/** Bits of the value that stands for entries `from`, `from + stride`, up to `to`. */
function bitsOver(rule: Rule, data: Float32Array, bits: Uint32Array, from: number, to: number, stride: number): number {
  if (rule === 'gate') {
    let sum = 0
    for (let k = from; k < to; k += stride) sum += data[k] as number
    scratch[0] = sum / Math.ceil((to - from) / stride)
    return scratchBits[0] as number
  }
  let best = (bits[from] as number) & (rule === 'gradient' ? size : 0xffff_ffff)
  for (let k = from + stride; k < to; k += stride) {
    const next = bits[k] as number
    if ((next & size) > (best & size)) best = rule === 'gradient' ? next & size : next
  }
  return best >>> 0
}

/** The value that stands for one unit over the time steps from `from` up to `to`. */
export function valueOver(rule: Rule, { data, units }: Matrix, unit: number, from: number, to: number): number {
  const start = from * units + unit
  scratchBits[0] = bitsOver(rule, data, bitsOf(data), start, to * units, units)
  return scratch[0] as number
}

/** The largest finite size of any value. */
export function largestOf(data: ArrayLike<number>): number {
  let largest = 0
  for (let k = 0; k < data.length; k += 1) {
    const size = Math.abs(data[k] as number)
    if (size > largest && size < Infinity) largest = size
  }
  return largest
}

export interface Spread {
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** Mean, least and largest of some units over the time steps from `from` up to `to`; NaN where any is. */
export function spreadOver({ data, units }: Matrix, rows: ArrayLike<number>, from: number, to: number): Spread {
  let [sum, min, max] = [0, Infinity, -Infinity]
  for (let t = from; t < to; t += 1) {
    for (let k = 0; k < rows.length; k += 1) {
      const value = data[t * units + (rows[k] as number)] as number
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  return Number.isNaN(sum) ? { mean: sum, min: sum, max: sum } : { mean: sum / (rows.length * (to - from)), min, max }
}

const spreads = new WeakMap<Float32Array, { readonly rows: ArrayLike<number>; readonly steps: readonly Spread[] }>()

/** Spreads of many units over stretches of steps: step by step they are gone through once, until other units are asked for. */
export function spreadsOf(matrix: Matrix, rows: ArrayLike<number>): (from: number, to: number) => Spread {
  const kept = spreads.get(matrix.data)
  const steps =
    kept?.rows === rows
      ? kept.steps
      : Array.from({ length: matrix.steps }, (_, t) => spreadOver(matrix, rows, t, t + 1))
  spreads.set(matrix.data, { rows, steps })
  return (from, to) => {
    let [sum, min, max] = [0, Infinity, -Infinity]
    // Steps that the matrix does not have are left out.
    const end = Math.min(to, steps.length)
    for (let t = from; t < end; t += 1) {
      const spread = steps[t] as Spread
      sum += spread.mean
      if (spread.min < min) min = spread.min
      if (spread.max > max) max = spread.max
    }
    const mean = end > from ? sum / (end - from) : Number.NaN
    return Number.isNaN(mean) ? { mean, min: mean, max: mean } : { mean, min, max }
  }
}

/** A colour word for each upper half of a float32's bits: 128 steps between powers of two, finer than 256 colours. */
export type ColourTable = Uint32Array

export function colourTable(colour: (value: number) => number): ColourTable {
  return Uint32Array.from({ length: 0x1_0000 }, (_, half) => {
    const isZero = (half & 0x7fff) === 0
    scratchBits[0] = isZero ? 0 : ((half << 16) | 0x8000) >>> 0
    return colour(scratch[0] as number)
  })
}

const levels = new WeakMap<Float32Array, { readonly key: string; readonly data: Float32Array }>()

/**
 * A matrix with `per` steps in one, [ceil(T / per), H], from its first step on. Kept until another is asked for:
 * what is moved or zoomed without a change of `per` is not gone through again.
 */
function levelOf({ steps, units, data }: Matrix, rule: Rule, per: number): Float32Array {
  const key = `${rule} ${per} ${units}`
  const kept = levels.get(data)
  if (kept?.key === key) return kept.data
  const count = Math.ceil(steps / per)
  const level = new Float32Array(count * units)
  const bits = bitsOf(data)
  const levelBits = bitsOf(level)
  for (let t = 0; t < steps; t += 1) {
    const bin = Math.floor(t / per)
    const [base, into] = [t * units, bin * units]
    const together = Math.min(steps, (bin + 1) * per) - bin * per
    if (rule === 'gate') {
      for (let unit = 0; unit < units; unit += 1) {
        level[into + unit] = (level[into + unit] as number) + (data[base + unit] as number) / together
      }
    } else {
      for (let unit = 0; unit < units; unit += 1) {
        const next = bits[base + unit] as number
        if ((next & size) > ((levelBits[into + unit] as number) & size)) levelBits[into + unit] = next
      }
    }
  }
  levels.set(data, { key, data: level })
  return level
}

/** Columns that are coloured row by row before the next: so many steps of a matrix stay in the processor's cache. */
const block = 32

/**
 * Colours of units x columns, row by row: a row's `count` words begin `stride` after those of the row above.
 * Returns whether any is not finite.
 */
export function colourCells(
  words: Uint32Array,
  matrix: Matrix,
  rows: ArrayLike<number>,
  { first, per, count }: Pick<Columns, 'first' | 'per' | 'count'>,
  rule: Rule,
  table: ColourTable,
  stride = count,
): boolean {
  const bits = bitsOf(per === 1 ? matrix.data : levelOf(matrix, rule, per))
  const sign = rule === 'gradient' ? size : -1
  let largest = 0
  for (let column = 0; column < count; column += block) {
    const width = Math.min(block, count - column)
    for (let row = 0; row < rows.length; row += 1) {
      let from = (first / per + column) * matrix.units + (rows[row] as number)
      const begin = row * stride + column
      for (let at = begin; at < begin + width; at += 1) {
        const value = (bits[from] as number) & sign
        if ((value & size) > largest) largest = value & size
        words[at] = table[value >>> 16] as number
        from += matrix.units
      }
    }
  }
  return largest >= 0x7f80_0000
}
