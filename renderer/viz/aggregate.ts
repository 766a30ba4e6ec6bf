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

export interface Spread {
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** Mean, least and largest of some units over the time steps from `from` up to `to`; NaN where any is. */
export function spreadOver({ data, units }: Matrix, rows: readonly number[], from: number, to: number): Spread {
  let sum = 0
  let min = Infinity
  let max = -Infinity
  for (let t = from; t < to; t += 1) {
    for (const unit of rows) {
      const value = data[t * units + unit] as number
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    }
  }
  return Number.isNaN(sum) ? { mean: sum, min: sum, max: sum } : { mean: sum / (rows.length * (to - from)), min, max }
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

/** Which steps are drawn in which column (`columns.ts`). */
interface Span {
  readonly first: number
  readonly end: number
  readonly per: number
  readonly count: number
}

/**
 * Colours of units x columns, row by row: `words` holds rows.length x count. Returns whether any is not finite.
 * Written for half a million cells in a few milliseconds: it walks the values in the order they lie in.
 */
export function colourCells(
  words: Uint32Array,
  { data, units }: Matrix,
  rows: ArrayLike<number>,
  { first, end, per, count }: Span,
  rule: Rule,
  table: ColourTable,
): boolean {
  const bits = bitsOf(data)
  const height = rows.length
  const order = Int32Array.from(rows)
  const sums = rule === 'gate' ? new Float32Array(height) : undefined
  const best = sums ? new Uint32Array(sums.buffer) : new Uint32Array(height)
  let largest = 0
  for (let column = 0; column < count; column += 1) {
    const from = first + column * per
    const to = Math.min(end, from + per)
    best.fill(0)
    for (let t = from; t < to; t += 1) {
      const base = t * units
      if (sums) meanOf(sums, data, order, base, to - from)
      else strongestOf(best, bits, order, base)
    }
    for (let row = 0; row < height; row += 1) {
      const value = best[row] as number
      if ((value & size) > largest) largest = value & size
      words[row * count + column] = table[(rule === 'gradient' ? value & size : value) >>> 16] as number
    }
  }
  return largest >= 0x7f80_0000
}

function strongestOf(best: Uint32Array, bits: Uint32Array, order: Int32Array, base: number): void {
  for (let row = 0; row < order.length; row += 1) {
    const next = bits[base + (order[row] as number)] as number
    if ((next & size) > ((best[row] as number) & size)) best[row] = next
  }
}

function meanOf(sums: Float32Array, data: Float32Array, order: Int32Array, base: number, steps: number): void {
  for (let row = 0; row < order.length; row += 1) {
    sums[row] = (sums[row] as number) + (data[base + (order[row] as number)] as number) / steps
  }
}
