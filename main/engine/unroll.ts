import * as tf from '@tensorflow/tfjs'
import type { State, Step, Tap } from './cells/cell.ts'
import { layerParameter, type Network } from './network.ts'
import { lookUp } from './tensors.ts'

/** A value inside the unrolled network, of one layer at one time step: h_t, or one of the cell's taps. */
export type TapName = 'hidden' | Parameters<Tap>[0]
export type NetworkTap = (layer: number, time: number, name: TapName, value: tf.Tensor2D) => tf.Tensor2D

export interface Layer {
  /** What the layer reads, [B, D] a time step (embedded for ids, h of the layer below above 0). */
  readonly inputs: readonly tf.Tensor2D[]
  readonly steps: readonly Step[]
}

export interface Unrolled {
  readonly layers: readonly Layer[]
  /** Raw output of the head: [B, K], or [B, T, K] for a head at every step. */
  readonly output: tf.Tensor
}

const noTap: NetworkTap = (_layer, _time, _name, value) => value

/** Embeds ids [B, T] to [B, T, D]; float inputs pass through. */
export function embed(network: Network, inputs: tf.Tensor): tf.Tensor3D {
  if (!network.config.embedding) return inputs as tf.Tensor3D
  const [batch, time] = inputs.shape as [number, number]
  const table = network.parameters['embedding.weight'] as tf.Tensor2D
  return lookUp(table, inputs.reshape([batch * time])).reshape([batch, time, -1])
}

/** [B, H] masks a time step, true where the example is still running; undefined where all lengths are T. */
function runningMasks(lengths: readonly number[] | undefined, time: number, units: number): tf.Tensor2D[] | undefined {
  if (!lengths?.some((length) => length < time)) return undefined
  return Array.from({ length: time }, (_, t) =>
    tf.tensor2d(
      lengths.flatMap((length) => Array<number>(units).fill(t < length ? 1 : 0)),
      [lengths.length, units],
      'bool',
    ),
  )
}

/**
 * Runs the network over embedded inputs [B, T, D] from a zero state: the definition every faster
 * path is tested against. A padded step hands the state on unchanged, so the last column of states
 * is each example's own last real one, and whatever the padding would have produced cannot reach a
 * gradient (0 * Inf is NaN).
 */
export function unroll(
  network: Network,
  embedded: tf.Tensor3D,
  lengths?: readonly number[],
  tap: NetworkTap = noTap,
): Unrolled {
  const { config, cell } = network
  const [batch, time] = embedded.shape
  const masks = runningMasks(lengths, time, config.hiddenSize)
  const layers: Layer[] = []
  let inputs = time === 1 ? [tf.squeeze(embedded, [1]) as tf.Tensor2D] : (tf.unstack(embedded, 1) as tf.Tensor2D[])

  for (let layer = 0; layer < config.layers; layer++) {
    const drives = projectInputs(network, layer, inputs)
    const recurrent = {
      weight: tf.transpose(layerParameter(network, 'weight_hh', layer) as tf.Tensor2D),
      bias: layerParameter(network, 'bias_hh', layer) as tf.Tensor1D,
    }
    const zero = tf.zeros([batch, config.hiddenSize]) as tf.Tensor2D
    let state: State = cell.hasCellState ? { h: zero, c: zero } : { h: zero }
    const steps: Step[] = []
    for (const [t, drive] of drives.entries()) {
      const mask = masks?.[t]
      const step = cell.step(drive, state, recurrent, (name, value) => tap(layer, t, name, value), config.activation)
      state = {
        h: keepPadded(mask, tap(layer, t, 'hidden', step.state.h), state.h),
        ...(step.state.c && { c: keepPadded(mask, step.state.c, state.c) }),
      }
      steps.push({ state, gates: step.gates })
    }
    layers.push({ inputs, steps })
    inputs = steps.map((step) => step.state.h)
  }
  return { layers, output: applyHead(network, inputs) }
}

/** W_ih x_t + b_ih of every time step, as one product. */
function projectInputs(network: Network, layer: number, inputs: readonly tf.Tensor2D[]): tf.Tensor2D[] {
  const weight = layerParameter(network, 'weight_ih', layer) as tf.Tensor2D
  const stacked = tf.concat(inputs as tf.Tensor2D[], 0)
  const drive = stacked.matMul(tf.transpose(weight)).add(layerParameter(network, 'bias_ih', layer))
  // The gradient of a split in one part fails in TensorFlow.js 4.22: it expects a list.
  return inputs.length === 1 ? [drive as tf.Tensor2D] : tf.split(drive as tf.Tensor2D, inputs.length, 0)
}

function keepPadded(mask: tf.Tensor2D | undefined, next: tf.Tensor2D, previous: tf.Tensor2D | undefined): tf.Tensor2D {
  return mask && previous ? tf.where(mask, next, previous) : next
}

function applyHead({ config, parameters }: Network, hidden: readonly tf.Tensor2D[]): tf.Tensor {
  const weight = tf.transpose(parameters['head.weight'] as tf.Tensor2D)
  const bias = parameters['head.bias'] as tf.Tensor1D
  const last = hidden.at(-1)
  if (!last) throw new RangeError('a sequence needs at least one time step')
  if (config.head === 'last') return last.matMul(weight).add(bias)
  const [batch, units] = last.shape
  const all = tf.stack(hidden as tf.Tensor2D[], 1).reshape([batch * hidden.length, units])
  return all.matMul(weight).add(bias).reshape([batch, hidden.length, config.outputSize])
}
