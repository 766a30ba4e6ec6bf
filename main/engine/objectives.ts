import * as tf from '@tensorflow/tfjs'
import type { ModelConfig } from '../../shared/model.ts'
import type { Floats, Integers } from '../../shared/ndarray.ts'
import { losses } from './losses.ts'
import type { Network } from './network.ts'
import type { Unrolled } from './unroll.ts'

/** [B] or [B, T] float tensor of 1 for real steps. */
function realSteps(lengths: readonly number[], time: number): tf.Tensor2D {
  return tf.tensor2d(
    lengths.flatMap((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
    [lengths.length, time],
  )
}

/** Targets on the backend; those of padded steps are set to 0, so that nothing written there can matter. */
export function targetTensor(
  targets: Floats | Integers,
  lengths: readonly number[],
  head: ModelConfig['head'],
): tf.Tensor {
  const [, time = 1, width = 1] = targets.shape
  const data = targets.data.slice()
  if (head === 'every-step') {
    for (const [b, length] of lengths.entries()) data.fill(0, (b * time + length) * width, (b + 1) * time * width)
  }
  return tf.tensor(data, [...targets.shape], data instanceof Int32Array ? 'int32' : 'float32')
}

/** Loss of every time step, [B, T], for a head at every step. */
function stepLosses({ config }: Network, { output }: Unrolled, targets: tf.Tensor): tf.Tensor2D {
  const [batch, time, outputs] = output.shape as [number, number, number]
  const flat = targets.reshape(targets.rank === 3 ? [batch * time, outputs] : [batch * time])
  return losses[config.loss](output.reshape([batch * time, outputs]), flat).reshape([batch, time])
}

/** Each example's own loss l_b [B]; for a head at every step the mean over its real steps. */
export function exampleLosses(
  network: Network,
  unrolled: Unrolled,
  targets: tf.Tensor,
  lengths: readonly number[],
): tf.Tensor1D {
  if (network.config.head === 'last') return losses[network.config.loss](unrolled.output as tf.Tensor2D, targets)
  const perStep = stepLosses(network, unrolled, targets)
  const real = realSteps(lengths, perStep.shape[1])
  return tf.div(tf.sum(tf.mul(perStep, real), 1), tf.tensor1d([...lengths]))
}

/** e_b [B]: the example's own loss at its last real step, whose gradient is the flow. */
export function lastStepLosses(
  network: Network,
  unrolled: Unrolled,
  targets: tf.Tensor,
  lengths: readonly number[],
): tf.Tensor1D {
  if (network.config.head === 'last') return losses[network.config.loss](unrolled.output as tf.Tensor2D, targets)
  const perStep = stepLosses(network, unrolled, targets)
  return tf.sum(tf.mul(perStep, lastSteps(lengths, perStep.shape[1])), 1)
}

/** s_b [B]: the output itself for K = 1, else the logit of the class it answers, at the last real step. */
export function answers({ config }: Network, unrolled: Unrolled, lengths: readonly number[]): tf.Tensor1D {
  const last = lastOutputs(config.head, unrolled.output, lengths)
  return last.shape[1] === 1 ? last.reshape([-1]) : tf.max(last, 1)
}

/** The output at each example's last real step, [B, K]. */
function lastOutputs(head: 'last' | 'every-step', output: tf.Tensor, lengths: readonly number[]): tf.Tensor2D {
  if (head === 'last') return output as tf.Tensor2D
  const time = output.shape[1] as number
  return tf.sum(tf.mul(output, lastSteps(lengths, time).expandDims(2)), 1)
}

function lastSteps(lengths: readonly number[], time: number): tf.Tensor2D {
  const onehot = lengths.flatMap((length) => Array.from({ length: time }, (_, t) => (t === length - 1 ? 1 : 0)))
  return tf.tensor2d(onehot, [lengths.length, time])
}
