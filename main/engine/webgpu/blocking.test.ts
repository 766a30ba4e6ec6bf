import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { webgpu } from '../backends/webgpu.ts'
import type { BlockingWebGPU } from './blocking.ts'
import { pollUntil } from './polling.ts'

const missing = await webgpu.start().then(
  () => undefined,
  (error: Error) => error.message,
)
const device = () => (tf.backend() as BlockingWebGPU).device

if (missing) test.skip(`reading from a GPU (${missing})`, () => {})

test.skipIf(missing)('what was computed is there when it is asked for, and nothing is held', () => {
  const before = tf.memory().numTensors
  const sums = tf.tidy(() => tf.matMul(tf.ones([3, 5]), tf.ones([5, 70])).dataSync())
  expect([...new Set(sums), sums.length]).toEqual([5, 210])
  expect(tf.memory().numTensors).toBe(before)
})

test.skipIf(missing)('a promise that is open meanwhile is kept', async () => {
  const [half, one] = [tf.zeros([4]).sigmoid(), tf.fill([4], 200).sigmoid()]
  const pending = half.data()
  expect([...one.dataSync()]).toEqual([1, 1, 1, 1])
  expect([...(await pending)]).toEqual([0.5, 0.5, 0.5, 0.5])
  const after = one.sub(half).tanh()
  expect(after.dataSync()[0]).toBeCloseTo(Math.tanh(0.5), 6)
  tf.dispose([half, one, after])
})

test.skipIf(missing)('sigmoid and tanh of NaN are NaN, and end where they end', () => {
  const values = tf.tensor1d([Number.NaN, Number.NEGATIVE_INFINITY, -200, 0, 200, Number.POSITIVE_INFINITY])
  const [gates, squashed] = [values.sigmoid(), values.tanh()]
  expect([...gates.dataSync()]).toEqual([Number.NaN, 0, 0, 0.5, 1, 1])
  expect([...squashed.dataSync()]).toEqual([Number.NaN, -1, -1, 0, 1, 1])
  tf.dispose([values, gates, squashed])
})

test('what does not come is waited for no longer than is allowed', () => {
  let asked = 0
  expect(
    pollUntil(
      () => void asked++,
      () => false,
      30,
    ),
  ).toBe(false)
  expect(asked).toBeGreaterThan(20)
})

test.skipIf(missing)('what the device refuses is an error at the next reading, and not zeros', () => {
  device().createBuffer({ size: 2 ** 40, usage: GPUBufferUsage.STORAGE })
  const halves = tf.zeros([4]).sigmoid()
  expect(() => halves.dataSync()).toThrow(
    expect.objectContaining({
      code: 'spec-invalid',
      message: expect.stringMatching(/cannot compute this: Buffer size/),
    }),
  )
  expect([...halves.dataSync()]).toEqual([0.5, 0.5, 0.5, 0.5])
  halves.dispose()
})

// The last: there is no way back.
test.skipIf(missing)('a lost device is an error that says so', async () => {
  const halves = tf.zeros([4]).sigmoid() // an operation that is not left to the CPU
  device().destroy()
  expect(() => halves.dataSync()).toThrow(
    expect.objectContaining({ code: 'engine-died', message: 'The graphics device was lost.' }),
  )
})
