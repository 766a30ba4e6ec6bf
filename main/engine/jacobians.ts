import * as tf from '@tensorflow/tfjs'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import type { Recurrent, State } from './cells/cell.ts'
import { type Layer, parametersAt } from './layers/layer.ts'
import { largestSingularValue, multiply } from './linalg.ts'
import { write } from './tensors.ts'

/** Floats that one chunk of replicated rows may take: bounds memory at large H. */
const chunkFloats = 4_000_000

/** What a layer read and how it went, [T, B, D] and [T, B, H]. */
export interface Ran {
  readonly inputs: Floats
  readonly hidden: Floats
  readonly cell?: Floats
}

export interface JacobianNorms {
  /** Largest singular value of J_t = d state_t / d state_{t-1}, [B, T]; 0 at t = 0 and where padded. */
  readonly jacobian: Float32Array
  /** (1/(T-1)) log sigma_max(J_{T-1} ... J_1) of each example's real steps, [B]; NaN for T = 1. */
  readonly lyapunov: Float32Array
}

/**
 * Jacobians of one layer. Every row of a Jacobian is a vector-Jacobian product of the pure step
 * function, so all rows of several examples are taken in one backward pass of a wider batch.
 */
export function jacobianNorms(layer: Layer, ran: Ran, lengths: readonly number[]): JacobianNorms {
  const size = layer.cell.hasCellState ? 2 * layer.units : layer.units
  const [time, batch] = ran.hidden.shape as [number, number]
  const jacobian = new Float32Array(batch * time)
  const products = lengths.map(() => ({ matrix: identity(size), log: 0 }))

  for (let t = 1; t < time; t++) {
    const matrices = stepJacobians(layer, ran, t)
    for (let b = 0; b < batch; b++) {
      if (t >= (lengths[b] as number)) continue
      const matrix = Float64Array.from(matrices.subarray(b * size * size, (b + 1) * size * size))
      jacobian[b * time + t] = largestSingularValue(matrix, size)
      const product = products[b] as { matrix: Float64Array; log: number }
      rescale(product, multiply(matrix, product.matrix, size))
    }
  }
  const lyapunov = lengths.map((length, b) => {
    const { matrix, log } = products[b] as { matrix: Float64Array; log: number }
    return length < 2 ? Number.NaN : (log + Math.log(largestSingularValue(matrix, size))) / (length - 1)
  })
  return { jacobian, lyapunov: Float32Array.from(lyapunov) }
}

/** Keeps a long product in range: its largest entry becomes 1 and the factor goes to the logarithm. */
function rescale(product: { matrix: Float64Array; log: number }, next: Float64Array): void {
  const largest = next.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest > 0 && Number.isFinite(largest)) {
    product.matrix = next.map((value) => value / largest)
    product.log += Math.log(largest)
  } else {
    product.matrix = next // all zero gives -Infinity in the end, NaN stays NaN
  }
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1
  return matrix
}

/** J_t of every example, [B, size, size] flattened; rows are outputs [h; c], columns inputs [h; c]. */
function stepJacobians(layer: Layer, { inputs, hidden, cell }: Ran, t: number): Float32Array {
  const parts = cell ? [hidden, cell] : [hidden]
  const size = parts.length * layer.units
  const batch = hidden.shape[1] as number
  const chunk = Math.max(1, Math.floor(chunkFloats / (size * layer.units * layer.cell.rows.length)))
  const result = new Float32Array(batch * size * size)
  for (let from = 0; from < batch; from += chunk) {
    const count = Math.min(chunk, batch - from)
    const rows = tf.tidy(() => {
      const repeated = (array: Floats, step: number) => repeatRows(write(rowsAt(array, step, from, count)), size)
      const { drive, recurrent } = stepArguments(layer, t, repeated(inputs, t))
      const next = (...[h, c]: tf.Tensor[]) => {
        const state = { h, ...(c && { c }) } as State<tf.Tensor>
        const after = layer.cell.step(drive, state, recurrent, (_name, value) => value, layer.activation).state
        return after.c ? tf.concat([after.h, after.c], 1) : after.h
      }
      const basis = tf.tile(tf.eye(size), [count, 1])
      const states = parts.map((part) => repeated(part, t - 1))
      return tf.concat(tf.grads(next)(states, basis), 1).dataSync()
    })
    result.set(rows as Float32Array, from * size * size)
  }
  return result
}

function stepArguments(layer: Layer, t: number, inputs: tf.Tensor) {
  const parameters = parametersAt(layer, t)
  const tensor = (name: string) => write(parameters[name] as Floats)
  const row = (name: string) => tensor(name).reshape([1, -1]) as tf.Tensor
  const recurrent: Recurrent<tf.Tensor> = {
    weight: tf.transpose(tensor('weight_hh')) as tf.Tensor,
    bias: row('bias_hh'),
    peepholes: Object.fromEntries((layer.cell.peepholes ?? []).map((name) => [name, row(name)])),
  }
  const drive: tf.Tensor = inputs.matMul(tensor('weight_ih') as tf.Tensor, false, true).add(tensor('bias_ih'))
  return { drive, recurrent }
}

/** Rows `from` to `from + count` of time step `t`, from [T, B, W]. */
function rowsAt({ shape, data }: Floats, t: number, from: number, count: number): Floats {
  const [, batch, width] = shape as [number, number, number]
  const start = (t * batch + from) * width
  return ndarray([count, width], data.subarray(start, start + count * width))
}

/** Every row `times` times in a row: [N, K] to [N * times, K]. */
function repeatRows(x: tf.Tensor, times: number): tf.Tensor {
  const [rows, columns] = x.shape as [number, number]
  return tf.tile(tf.expandDims(x, 1), [1, times, 1]).reshape([rows * times, columns])
}
