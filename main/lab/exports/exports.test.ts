import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { wasm } from '../../engine/backends/wasm.ts'
import { initialise } from '../../engine/initialise.ts'
import { generic } from '../../engine/layers/generic.ts'
import { randomStream } from '../../engine/random.ts'
import { trace } from '../../engine/trace.ts'
import { readZip } from '../formats/zip.ts'
import { exportModel, modelFormats } from './registry.ts'

beforeAll(() => wasm.start())

const training = {
  steps: 1,
  batchSize: 1,
  optimizer: 'adam',
  learningRate: 1,
  clipNorm: null,
  init: 'pytorch',
  forgetBias: 1,
} as const

const rows = {
  history: {
    step: Int32Array.of(1, 2),
    loss: Float32Array.of(0.5, 0.25),
    metric: Float32Array.of(0, 1),
    validationLoss: Float32Array.of(Number.NaN, 0.125),
    validationMetric: Float32Array.of(Number.NaN, 1),
  },
  flow: { step: Int32Array.of(1), hidden: ndarray([1, 3], Float32Array.of(1, 2, 3)) },
}

const cases: [string, Partial<ModelConfig>][] = [
  ['rnn', {}],
  ['rnn', { activation: 'relu', layers: 2 }],
  ['rnn', { activation: 'identity', head: 'every-step' }],
  ['lstm', {}],
  ['lstm', { layers: 2, head: 'every-step' }],
  ['lstm', { embedding: { vocab: 7, size: 3 } }],
]

test.each(cases)('the %s model %j opens in TensorFlow.js and answers the same', async (cell, changes) => {
  const config: ModelConfig = {
    cell,
    inputSize: 3,
    hiddenSize: 5,
    layers: 1,
    outputSize: 2,
    head: 'last',
    loss: 'mse',
    ...changes,
  }
  const parameters = initialise(config, training, 4)
  const { name, bytes } = exportModel('net', 'tfjs', { model: { config, parameters }, rows })
  expect(name).toBe('net-tfjs.zip')
  const files = readZip(bytes, name)
  const manifest = JSON.parse(new TextDecoder().decode(files['net/model.json']))
  const loaded = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: manifest.modelTopology,
      weightSpecs: manifest.weightsManifest[0].weights,
      weightData: Uint8Array.from(files['net/weights.bin'] as Uint8Array).buffer,
    }),
  )
  const random = randomStream(1, 'inputs')
  const inputs = config.embedding
    ? ndarray(
        [2, 6],
        Int32Array.from({ length: 12 }, () => random.integer(7)),
      )
    : ndarray(
        [2, 6, 3],
        Float32Array.from({ length: 36 }, () => random.normal()),
      )
  const shape = config.head === 'last' ? [2, 2] : [2, 6, 2]
  const targets = ndarray(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))
  const expected = trace(generic, { config, parameters }, { inputs, targets } as Batch).output?.data as Float32Array
  const read = tf.tensor(inputs.data, [...inputs.shape], config.embedding ? 'int32' : 'float32')
  const answers = await (loaded.predict(read) as tf.Tensor).data()
  expect(answers).toHaveLength(expected.length)
  for (const [k, answer] of answers.entries()) expect(answer).toBeCloseTo(expected[k] as number, 5)
})

test('every format holds its files in one folder', () => {
  const config: ModelConfig = {
    cell: 'rnn',
    inputSize: 1,
    hiddenSize: 2,
    layers: 1,
    outputSize: 1,
    head: 'last',
    loss: 'mse',
  }
  const run = { model: { config, parameters: initialise(config, training, 1) }, rows }
  expect(modelFormats.map(({ id }) => [id, Object.keys(readZip(exportModel('rnn', id, run).bytes, id))])).toEqual([
    ['model', ['rnn/model.json', 'rnn/model.safetensors', 'rnn/history.csv', 'rnn/flow.npz']],
    ['tfjs', ['rnn/model.json', 'rnn/weights.bin']],
  ])
  expect(() => exportModel('rnn', 'keras', run)).toThrow(/no format "keras"/)
})

test('a model that TensorFlow.js has no layer for is refused with the reason', () => {
  const shape = { inputSize: 1, hiddenSize: 2, layers: 1, outputSize: 1, head: 'last', loss: 'mse' } as const
  const refused = (config: ModelConfig, message: RegExp) => {
    const run = { model: { config, parameters: initialise(config, training, 1) }, rows }
    expect(() => exportModel('net', 'tfjs', run)).toThrow(expect.objectContaining({ code: 'model-invalid' }))
    expect(() => exportModel('net', 'tfjs', run)).toThrow(message)
  }
  refused({ cell: 'gru', ...shape }, /no layer for the cell "gru"/)
  refused({ cell: 'rnn', ...shape, weights: 'per-step', length: 3 }, /weights of its own at every step/)
})
