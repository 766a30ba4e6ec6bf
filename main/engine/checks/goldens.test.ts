import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wasmGeneric } from '../backends/wasm-generic.ts'
import { generic } from '../layers/generic.ts'
import { checkGoldens } from './goldens.ts'

const relu = () => tf.getKernel('Relu', 'wasm') as tf.KernelConfig
let before: tf.KernelConfig

beforeEach(async () => {
  await wasmGeneric.start()
  before = { ...relu(), kernelName: 'Relu', backendName: 'wasm' }
  tf.unregisterKernel('Relu', 'wasm')
})
afterEach(() => tf.registerKernel(before))

test('a cell that needs an operation which the backend does not have is named with it, and the others are compared', () => {
  const rows = checkGoldens(generic)
  const [without, compared] = [rows.filter(({ reason }) => reason), rows.filter(({ reason }) => !reason)]
  expect(without).toEqual([{ of: 'rnn-relu', figure: Number.NaN, reason: 'no operation Relu', limit: 1e-4 }])
  expect(compared.length).toBeGreaterThan(6)
  for (const { of, figure, limit } of compared) expect(figure, of).toBeLessThan(limit)
})

test('any other error is no lack of the backend', () => {
  const broken = {
    ...generic,
    layer: () => {
      throw new TypeError('defect')
    },
  }
  expect(() => checkGoldens(broken)).toThrow('defect')
})
