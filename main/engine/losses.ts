import * as tf from '@tensorflow/tfjs'
import type { ModelConfig } from '../../shared/model.ts'

/** One loss for each prediction: outputs [N, K] and targets give [N]. */
type Loss = (output: tf.Tensor2D, targets: tf.Tensor) => tf.Tensor1D

export const losses: Readonly<Record<ModelConfig['loss'], Loss>> = {
  /** Mean over the K outputs of (y - t)^2. */
  mse: (output, targets) => tf.mean(tf.squaredDifference(output, targets), 1),

  /** -log softmax(y)[t], targets int [N]. */
  'cross-entropy': (output, targets) => {
    const picked = tf.oneHot(targets as tf.Tensor1D, output.shape[1])
    return tf.neg(tf.sum(tf.mul(picked, tf.logSoftmax(output)), 1))
  },

  /** Mean over K of -t log s(y) - (1-t) log(1 - s(y)) = relu(y) - t y + log(1 + exp(-|y|)). */
  bce: (output, targets) => {
    const tail = tf.log(tf.add(tf.exp(tf.neg(tf.abs(output))), 1))
    return tf.mean(tf.add(tf.sub(tf.relu(output), tf.mul(targets, output)), tail), 1)
  },
}
