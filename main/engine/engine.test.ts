import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Batch, Model, ModelConfig, Parameters, Trace } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import { wasm } from './backends/wasm.ts'
import { cells } from './cells/catalogue.ts'
import { initialise } from './initialise.ts'
import { generic } from './layers/generic.ts'
import { randomStream } from './random.ts'
import { taskById } from './tasks/registry.ts'
import { trace as traceWith } from './trace.ts'
import { Trainer } from './train.ts'

beforeAll(async () => {
  await wasm.start()
})

const trace = (model: Model, batch: Batch) => traceWith(generic, model, batch)

const training = {
  steps: 100,
  batchSize: 4,
  optimizer: 'adam',
  learningRate: 0.01,
  clipNorm: 1,
  init: 'pytorch',
  forgetBias: 1,
} as const

function model(cell: string, changes: Partial<ModelConfig> = {}): Model {
  const config: ModelConfig = {
    cell,
    inputSize: 3,
    hiddenSize: 5,
    layers: 2,
    outputSize: 2,
    head: 'last',
    loss: 'mse',
    ...changes,
  }
  return { config, parameters: initialise(config, training, 3) }
}

function normal(shape: number[], name: string): Floats {
  const random = randomStream(7, name)
  return ndarray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
  )
}

const batch: Batch = { inputs: normal([4, 6, 3], 'inputs'), targets: normal([4, 2], 'targets') }

function get(arrays: Trace, name: string): Floats {
  const array = arrays[name]
  if (!array) throw new Error(`the trace has no ${name}`)
  return array
}

function largestDifference(a: Floats, b: Floats): number {
  expect(a.shape).toEqual(b.shape)
  return a.data.reduce((most, value, k) => Math.max(most, Math.abs(value - (b.data[k] as number))), 0)
}

describe.each(cells.map((cell) => cell.id))('%s', (id) => {
  test('gradients agree with finite differences of the loss', () => {
    const { config, parameters } = model(id)
    const arrays = trace({ config, parameters }, batch)
    const loss = (changed: Parameters) => get(trace({ config, parameters: changed }, batch), 'loss').data[0] as number
    for (const name of ['rnn.weight_hh_l0', 'rnn.weight_ih_l1', 'rnn.bias_ih_l0', 'head.weight']) {
      // Along the gradient itself, where the loss changes most and float32 loses least.
      const gradient = get(arrays, `grad.parameters.${name}`)
      const norm = Math.hypot(...gradient.data)
      const h = 0.05
      const moved = (sign: number): Parameters => {
        const { shape, data } = parameters[name] as Floats
        return {
          ...parameters,
          [name]: ndarray(
            shape,
            data.map((w, k) => w + (sign * h * (gradient.data[k] as number)) / norm),
          ),
        }
      }
      expect((loss(moved(1)) - loss(moved(-1))) / (2 * h) / norm, name).toBeCloseTo(1, 2)
    }
  })

  test('the input gradient is the gradient of the loss', () => {
    const { config, parameters } = model(id)
    const gradient = get(trace({ config, parameters }, batch), 'grad.inputs')
    const norm = Math.hypot(...gradient.data)
    const at = (h: number) => {
      const inputs = ndarray(
        [4, 6, 3],
        (batch.inputs.data as Float32Array).map((x, k) => x + (h * (gradient.data[k] as number)) / norm),
      )
      return get(trace({ config, parameters }, { ...batch, inputs }), 'loss').data[0] as number
    }
    expect((at(0.05) - at(-0.05)) / 0.1 / norm).toBeCloseTo(1, 2)
  })

  test('padding changes nothing and holds 0, whatever stands in it', () => {
    const alone = trace(model(id), batch)
    const padded = ndarray([4, 9, 3], new Float32Array(4 * 9 * 3).fill(Number.NaN))
    for (let b = 0; b < 4; b++) padded.data.set(batch.inputs.data.subarray(b * 18, (b + 1) * 18), b * 27)
    const lengths = ndarray([4], Int32Array.of(6, 6, 6, 6))
    const arrays = trace(model(id), { ...batch, inputs: padded, lengths })
    expect(get(arrays, 'output').data).toEqual(get(alone, 'output').data)
    expect(get(arrays, 'grad.parameters.rnn.weight_hh_l0').data).toEqual(
      get(alone, 'grad.parameters.rnn.weight_hh_l0').data,
    )
    for (const [name, array] of Object.entries(arrays)) {
      if (array.shape[1] !== 9) continue
      const width = sizeOf(array.shape.slice(2))
      expect(array.data.subarray(6 * width, 9 * width), name).toEqual(new Float32Array(3 * width))
    }
    expect(get(arrays, 'layers.1.flow.hidden').data.slice(3)).toEqual(get(alone, 'layers.1.flow.hidden').data)
  })

  test('the order of the batch changes nothing', () => {
    const turned = (array: Floats): Floats => {
      const size = array.data.length / 4
      const data = new Float32Array(array.data.length)
      for (let b = 0; b < 4; b++) data.set(array.data.subarray(b * size, (b + 1) * size), (3 - b) * size)
      return ndarray(array.shape, data)
    }
    const arrays = trace(model(id), batch)
    const back = trace(model(id), { inputs: turned(batch.inputs as Floats), targets: turned(batch.targets as Floats) })
    expect(
      largestDifference(turned(get(back, 'layers.0.grad.hidden')), get(arrays, 'layers.0.grad.hidden')),
    ).toBeLessThan(1e-7)
    expect(largestDifference(get(back, 'layers.1.flow.hidden'), get(arrays, 'layers.1.flow.hidden'))).toBeLessThan(1e-6)
  })

  test('no tensor is left behind by training, traces and evaluation', () => {
    const trainer = new Trainer(generic, model(id).config, training, 1, () => 0)
    trainer.train(batch, true)
    const before = tf.memory().numTensors
    for (let k = 0; k < 20; k++) trainer.train(batch, k % 2 === 0)
    trainer.answer(batch)
    trace(model(id, { head: 'every-step' }), { ...batch, targets: normal([4, 6, 2], 'every') })
    expect(tf.memory().numTensors).toBe(before)
  })

  test('a run continued from a snapshot equals the uninterrupted one, bit for bit', () => {
    const task = taskById('adding').create({ id: 'adding', length: 8 }, undefined, 1)
    const config = { ...model(id, { layers: 1 }).config, ...task.interface }
    const run = (from: Trainer, to: number) => {
      while (from.step < to) from.train(task.trainBatch(from.step + 1, 4), false)
      return from.snapshot()
    }
    const whole = run(new Trainer(generic, config, training, 1, task.metric), 12)
    const half = run(new Trainer(generic, config, training, 1, task.metric), 7)
    expect(run(new Trainer(generic, config, training, 1, task.metric, half), 12)).toEqual(whole)
  })
})

test('dL/dc is the sum of its direct path and its path through h', () => {
  const lengths = ndarray([4], Int32Array.of(6, 3, 1, 5))
  const arrays = trace(model('lstm'), { ...batch, lengths })
  for (const layer of [0, 1]) {
    const direct = get(arrays, `layers.${layer}.grad.cell.direct`)
    const through = get(arrays, `layers.${layer}.grad.cell.through_hidden`)
    const sum = ndarray(
      direct.shape,
      direct.data.map((value, k) => value + (through.data[k] as number)),
    )
    expect(largestDifference(sum, get(arrays, `layers.${layer}.grad.cell`))).toBeLessThan(1e-7)
    // Nothing comes back from beyond an example's last real step.
    for (const value of direct.data.subarray((1 * 6 + 2) * 5, (1 * 6 + 3) * 5)) expect(Math.abs(value)).toBe(0)
  }
})

test('a state that explodes in the padding does not reach the gradients', () => {
  const { config, parameters } = model('rnn', { activation: 'relu', layers: 1 })
  const recurrent = parameters['rnn.weight_hh_l0'] as Floats
  const huge = {
    ...parameters,
    'rnn.weight_hh_l0': ndarray(
      recurrent.shape,
      recurrent.data.map((w) => Math.abs(w) * 1e20),
    ),
  }
  const arrays = trace({ config, parameters: huge }, { ...batch, lengths: ndarray([4], Int32Array.of(1, 1, 1, 1)) })
  for (const value of get(arrays, 'grad.parameters.rnn.weight_ih_l0').data) expect(Number.isFinite(value)).toBe(true)
})

test('an update that is not finite is refused and leaves the state before it', () => {
  const trainer = new Trainer(generic, model('rnn').config, training, 1, () => 0)
  trainer.train(batch, false)
  const kept = trainer.snapshot()
  const broken = { ...batch, targets: ndarray([4, 2], new Float32Array(8).fill(Number.POSITIVE_INFINITY)) }
  expect(() => trainer.train(broken, false)).toThrow(/step 2; the state of step 1 is kept/)
  expect(trainer.snapshot()).toBe(kept)
})

test.each([
  ['inputs of another width', { ...batch, inputs: normal([4, 6, 2], 'x') }, /inputs has shape \[4, 6, 2\]/],
  ['ids for a float model', { ...batch, inputs: ndarray([4, 6], new Int32Array(24)) }, /reads float values/],
  ['targets of another shape', { ...batch, targets: normal([4, 1], 'y') }, /targets has shape \[4, 1\]/],
  ['a length of 0', { ...batch, lengths: ndarray([4], Int32Array.of(0, 1, 1, 1)) }, /lengths\[0\] is 0/],
  ['a length beyond T', { ...batch, lengths: ndarray([4], Int32Array.of(1, 7, 1, 1)) }, /lengths\[1\] is 7/],
])('a batch with %s is refused with what and where', (_name, wrong, message) => {
  expect(() => trace(model('rnn'), wrong as Batch)).toThrow(message)
})

test('targets of bce that are neither 0 nor 1 are refused with the place, in real steps alone', () => {
  const bits = (value: number, at: number) => Float32Array.from({ length: 8 }, (_, k) => (k === at ? value : k % 2))
  const last = model('rnn', { loss: 'bce' })
  const lasting = (value: number) => trace(last, { ...batch, targets: ndarray([4, 2], bits(value, 3)) })
  expect(() => lasting(0.5)).toThrow(/targets holds 0.5 at position 3: with the loss "bce" every target is 0 or 1/)
  expect(() => lasting(-1)).toThrow(/targets holds -1/)
  expect(() => lasting(1)).not.toThrow()
  const every = model('rnn', { loss: 'bce', head: 'every-step', outputSize: 1 })
  const inputs = normal([2, 4, 3], 'inputs')
  const lengths = ndarray([2], Int32Array.of(4, 2))
  const stepwise = (at: number) => trace(every, { inputs, lengths, targets: ndarray([2, 4, 1], bits(2, at)) })
  expect(() => stepwise(5)).toThrow(/targets holds 2 at example 1, step 1/)
  expect(() => stepwise(6)).not.toThrow()
})

test('what stands in the padding of targets and ids is never read', () => {
  const lengths = ndarray([2], Int32Array.of(2, 3))
  const config = { head: 'every-step', embedding: { vocab: 5, size: 3 }, layers: 1 } as const
  const ids = (padding: number) => ndarray([2, 3], Int32Array.of(1, 2, padding, 3, 4, 0))
  const floats = (padding: number) =>
    ndarray(
      [2, 3, 2],
      Float32Array.from({ length: 12 }, (_, k) => (k === 4 || k === 5 ? padding : k / 10)),
    )
  const net = model('lstm', config)
  const clean = trace(net, { inputs: ids(0), targets: floats(0), lengths })
  expect(trace(net, { inputs: ids(-100), targets: floats(Number.NaN), lengths })).toEqual(clean)
})
