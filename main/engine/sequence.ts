import type { Batch } from '../../shared/model.ts'
import { type Floats, type Integers, ndarray, sizeOf } from '../../shared/ndarray.ts'

/** Real steps of each example of a batch; all T where none are given. */
export function lengthsOf({ inputs, lengths }: Batch): number[] {
  const [count, time] = inputs.shape as [number, number]
  return lengths ? [...lengths.data] : Array<number>(count).fill(time)
}

/** [A, B, ...] as [B, A, ...]: between the batch first of files and the time first of the engine. */
export function swapAxes({ shape, data }: Floats): Floats {
  const [rows, columns, ...rest] = shape as [number, number, ...number[]]
  const width = sizeOf(rest)
  const swapped = new Float32Array(data.length)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const from = (r * columns + c) * width
      const to = (c * rows + r) * width
      for (let k = 0; k < width; k++) swapped[to + k] = data[from + k] as number
    }
  }
  return ndarray([columns, rows, ...rest], swapped)
}

/** Sets what lies beyond each example's length to 0, in place; `array` is [T, B, ...]. */
export function zeroPadding(array: Floats, lengths: readonly number[]): Floats {
  const [time, batch, ...rest] = array.shape as [number, number, ...number[]]
  const width = sizeOf(rest)
  for (const [b, length] of lengths.entries()) {
    for (let t = length; t < time; t++) array.data.fill(0, (t * batch + b) * width, (t * batch + b + 1) * width)
  }
  return array
}

/**
 * A batch without its time steps from `time` on, all of which must be padding: what is computed from it is the
 * same, and nothing is computed for them.
 */
export function cutSteps({ inputs, targets, lengths }: Batch, time: number): Batch {
  const cut = <A extends Floats | Integers>({ shape, data }: A): A => {
    const [count, before, ...rest] = shape as [number, number, ...number[]]
    const width = sizeOf(rest)
    const kept = data.slice(0, count * time * width)
    for (let b = 0; b < count; b++) {
      kept.set(data.subarray(b * before * width, (b * before + time) * width), b * time * width)
    }
    return ndarray([count, time, ...rest], kept) as A
  }
  const perStep = hasTimeAxis(targets, inputs)
  return { inputs: cut(inputs), targets: perStep ? cut(targets) : targets, ...(lengths && { lengths }) }
}

/** Whether targets stand at every step: ids [B, T] or values [B, T, K]. */
function hasTimeAxis({ shape, data }: Batch['targets'], inputs: Batch['inputs']): boolean {
  return shape.length === (data instanceof Int32Array ? 2 : 3) && shape[1] === inputs.shape[1]
}

/** Examples that are only answered at once, where `batchSize` are trained on at once. */
export const atOnce = (batchSize: number): number => Math.max(16, batchSize)

/** The examples `from` up to but not including `to` of a batch. */
export const examplesBetween = (batch: Batch, from: number, to: number): Batch =>
  pickExamples(
    batch,
    Array.from({ length: to - from }, (_, k) => from + k),
  )

/** The examples `rows` of a batch, in that order. */
export function pickExamples({ inputs, targets, lengths }: Batch, rows: readonly number[]): Batch {
  const of = <A extends Floats | Integers>({ shape, data }: A): A => {
    const size = data.length / (shape[0] as number)
    const picked = data.slice(0, rows.length * size)
    for (const [k, row] of rows.entries()) picked.set(data.subarray(row * size, (row + 1) * size), k * size)
    return ndarray([rows.length, ...shape.slice(1)], picked) as A
  }
  return { inputs: of(inputs), targets: of(targets), ...(lengths && { lengths: of(lengths) }) }
}
