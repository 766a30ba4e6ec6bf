import * as tf from '@tensorflow/tfjs'
import { type Floats, ndarray } from '../../shared/ndarray.ts'

/** Reads a tensor back; the engine process may block on this, no other process does. */
export function read(tensor: tf.Tensor): Floats {
  return ndarray(tensor.shape, Float32Array.from(tensor.dataSync()))
}

export function write(array: Floats): tf.Tensor {
  return tf.tensor(array.data, [...array.shape], 'float32')
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
