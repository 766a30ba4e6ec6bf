import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { wasmGeneric } from './wasm-generic.ts'

beforeAll(async () => {
  await wasmGeneric.start()
})

const values = (tensor: tf.Tensor) => [...tensor.dataSync()]

test('a tensor is taken apart along any axis, and put together again', () => {
  const whole = tf.tensor([1, 2, 3, 4, 5, 6], [3, 2])
  expect(tf.unstack(whole, 0).map(values)).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  expect(tf.unstack(whole, 1).map(values)).toEqual([
    [1, 3, 5],
    [2, 4, 6],
  ])
  expect(tf.unstack(whole, 0).map(({ shape }) => shape)).toEqual([[2], [2], [2]])
  expect(tf.unstack(tf.tensor([true, false], [2], 'bool'), 0).map(values)).toEqual([[1], [0]])
  expect(values(tf.grad((x: tf.Tensor) => (tf.unstack(x, 0)[1] as tf.Tensor).square())(whole))).toEqual([
    0, 0, 6, 8, 0, 0,
  ])
})

test('a clone outlives what it was made of, and the other way round', () => {
  const [before, bytes] = [tf.memory().numTensors, tf.memory().numBytes]
  const first = tf.tensor([1, 2])
  const second = tf.clone(first)
  first.dispose()
  expect(values(second)).toEqual([1, 2])
  const third = tf.clone(second)
  third.dispose()
  expect(values(second.add(second))).toEqual([2, 4])
  second.dispose()
  expect(tf.memory().numTensors).toBe(before + 1)
  expect(tf.memory().numBytes).toBe(bytes + 8)
})
