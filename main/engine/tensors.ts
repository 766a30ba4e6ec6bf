import * as tf from '@tensorflow/tfjs'
import { type Floats, ndarray } from '../../shared/ndarray.ts'

/** Reads a tensor back; the engine process may block on this, no other process does. */
export function read(tensor: tf.Tensor): Floats {
  return ndarray(tensor.shape, Float32Array.from(tensor.dataSync()))
}

export function write(array: Floats): tf.Tensor {
  return tf.tensor(array.data, [...array.shape], 'float32')
}

/**
 * Rows of `table` [V, S] by int id. TensorFlow.js' own gradient of gather needs a kernel that the
 * WebAssembly backend lacks; scatterND adds up the rows of repeated ids just as well.
 */
export function lookUp(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  const gather = tf.customGrad((rows, save) => {
    ;(save as tf.GradSaveFunc)([ids])
    return {
      value: tf.gather(rows as tf.Tensor, ids),
      gradFunc: (dy, [saved]) => tf.scatterND((saved as tf.Tensor).reshape([-1, 1]), dy, table.shape),
    }
  })
  return gather(table) as tf.Tensor2D
}

/** The identity, which hands the gradient passing back through it to `listen`. */
export function tapped<T extends tf.Tensor>(value: T, listen: (gradient: T) => void): T {
  const identity = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => {
      // A copy, because the tape disposes of dy when it adds further paths to it.
      listen(tf.clone(dy) as T)
      return dy
    },
  }))
  return identity(value) as T
}
