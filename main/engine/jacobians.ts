import * as tf from '@tensorflow/tfjs'
import type { State } from './cells/cell.ts'
import { largestSingularValue, multiply } from './linalg.ts'
import { layerParameter, type Network } from './network.ts'
import type { Layer } from './unroll.ts'

/** Floats that one chunk of replicated rows may take: bounds memory at large H. */
const chunkFloats = 4_000_000

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
export function jacobianNorms(
  network: Network,
  index: number,
  layer: Layer,
  lengths: readonly number[],
): JacobianNorms {
  const { cell, config } = network
  const units = config.hiddenSize
  const size = cell.hasCellState ? 2 * units : units
  const batch = lengths.length
  const time = layer.steps.length
  const jacobian = new Float32Array(batch * time)
  const products = lengths.map(() => ({ matrix: identity(size), log: 0 }))

  for (let t = 1; t < time; t++) {
    const matrices = stepJacobians(network, index, layer, t)
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
function stepJacobians(network: Network, index: number, layer: Layer, t: number): Float32Array {
  const { cell, config } = network
  const size = cell.hasCellState ? 2 * config.hiddenSize : config.hiddenSize
  const previous = (layer.steps[t - 1] as Layer['steps'][number]).state
  const batch = previous.h.shape[0]
  const chunk = Math.max(1, Math.floor(chunkFloats / (size * config.hiddenSize * cell.blocks)))
  const result = new Float32Array(batch * size * size)
  for (let from = 0; from < batch; from += chunk) {
    const count = Math.min(chunk, batch - from)
    const rows = tf.tidy(() => {
      const repeat = (x: tf.Tensor2D) => repeatRows(tf.slice(x, [from, 0], [count, -1]), size)
      const recurrent = {
        weight: tf.transpose(layerParameter(network, 'weight_hh', index) as tf.Tensor2D),
        bias: layerParameter(network, 'bias_hh', index) as tf.Tensor1D,
      }
      const weight = tf.transpose(layerParameter(network, 'weight_ih', index) as tf.Tensor2D)
      const inputs = repeat(layer.inputs[t] as tf.Tensor2D)
      const drive = inputs.matMul(weight).add(layerParameter(network, 'bias_ih', index)) as tf.Tensor2D
      const next = (...[h, c]: tf.Tensor[]) => {
        const state = { h, ...(c && { c }) } as State
        const step = cell.step(drive, state, recurrent, (_name, value) => value, config.activation).state
        return step.c ? tf.concat([step.h, step.c], 1) : step.h
      }
      const states = [previous.h, ...(previous.c ? [previous.c] : [])].map(repeat)
      const basis = tf.tile(tf.eye(size), [count, 1])
      return tf.concat(tf.grads(next)(states, basis), 1).dataSync()
    })
    result.set(rows as Float32Array, from * size * size)
  }
  return result
}

/** Every row `times` times in a row: [N, K] to [N * times, K]. */
function repeatRows(x: tf.Tensor2D, times: number): tf.Tensor2D {
  const [rows, columns] = x.shape
  return tf.tile(tf.expandDims(x, 1), [1, times, 1]).reshape([rows * times, columns])
}
