import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { activations } from '../../main/engine/cells/rnn.ts'
import type { Equations } from '../../main/engine/checks/problems.ts'
import type { Compute, Layer } from '../../main/engine/layers/layer.ts'
import { swapAxes } from '../../main/engine/sequence.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { registered, whyNot } from './engines.ts'
import { type LayerProblem, layerProblem } from './layer-problems.ts'

/** TensorFlow.js' own layer of a cell, and how its weights are laid out. */
interface KerasLayer {
  /** Our row blocks in Keras' order: its GRU has z, r, h where ours, PyTorch's, has r, z, n. */
  readonly blocks: readonly number[]
  create(units: number): tf.layers.Layer
}

const both = { returnSequences: true, returnState: true } as const
// Named, because the default of TensorFlow.js' layers is the piecewise linear hardSigmoid.
const gates = { activation: 'tanh', recurrentActivation: 'sigmoid', ...both } as const

/** What tf.layers has. Its names for the functions are Keras': identity is `linear`. */
const kerasLayers: readonly (KerasLayer & { readonly equations: Equations })[] = [
  ...activations.map((activation) => ({
    equations: { cell: 'rnn', activation },
    blocks: [0],
    create: (units: number) =>
      tf.layers.simpleRNN({ units, activation: activation === 'identity' ? 'linear' : activation, ...both }),
  })),
  {
    equations: { cell: 'lstm' },
    blocks: [0, 1, 2, 3],
    create: (units) => tf.layers.lstm({ units, unitForgetBias: false, ...gates }),
  },
  {
    equations: { cell: 'gru-original' },
    blocks: [1, 0, 2],
    create: (units) => tf.layers.gru({ units, ...gates }),
  },
]

/** Every hidden state [B, T, H], then the last h and, where there is one, the last c [B, H]. */
function runKeras({ create, blocks }: KerasLayer, layers: readonly Layer[], inputs: Floats): Floats[] {
  let found = [inputs]
  for (const { units, parameters } of layers) {
    const layer = create(units)
    const states = tf.tidy(() => {
      const [input] = found.map(({ data, shape }) => tf.tensor(data, [...shape]))
      layer.apply(input as tf.Tensor) // makes its weights
      layer.setWeights(kerasWeights(parameters, units, blocks))
      return layer.apply(input as tf.Tensor) as tf.Tensor[]
    })
    found = states.map(({ shape }, k) => ndarray(shape, Float32Array.from((states[k] as tf.Tensor).dataSync())))
    tf.dispose(states)
    layer.dispose()
  }
  return found
}

/** kernel [D, G*H], recurrent kernel [H, G*H] and the one bias [G*H] that Keras has where PyTorch has two. */
function kerasWeights(parameters: Layer['parameters'], units: number, blocks: readonly number[]): tf.Tensor[] {
  const get = (name: string) => {
    const { data, shape } = parameters[name] as Floats
    const rows = tf.tensor(data, [...shape])
    return tf.concat(blocks.map((block) => tf.slice(rows, block * units, units))) as tf.Tensor
  }
  return [tf.transpose(get('weight_ih')), tf.transpose(get('weight_hh')), get('bias_ih').add(get('bias_hh'))]
}

/** One or two layers over sequences of one length, the second reading the first. */
function problem(equations: Equations, count: number): { layers: Layer[]; inputs: Floats; lengths: number[] } {
  const sizes = { time: 9, units: 5, batch: 3, perStep: false }
  const of = (width: number, seed: number): LayerProblem => layerProblem(equations, { ...sizes, width }, seed)
  const [first, second] = [of(4, 11), of(sizes.units, 12)]
  const random = layerProblem({ cell: 'rnn' }, { ...sizes, width: 4, batch: 1, time: 27 }, 13).sequence.inputs
  return {
    layers: [first.layer, second.layer].slice(0, count),
    inputs: ndarray([9, 3, 4], random.data),
    lengths: [9, 9, 9],
  }
}

function runOurs(compute: Compute, { layers, inputs, lengths }: ReturnType<typeof problem>): Floats[] {
  let below = inputs
  let cell: Floats | undefined
  for (const layer of layers) {
    const pass = compute.layer(layer, { inputs: below, lengths }, { states: true })
    below = pass.hidden
    cell = pass.cell
    pass.release()
  }
  const last = ({ shape: [time, batch, units], data }: Floats) => {
    const size = (batch as number) * (units as number)
    return ndarray([batch as number, units as number], data.slice(((time as number) - 1) * size))
  }
  return [swapAxes(below), last(below), ...(cell ? [last(cell)] : [])]
}

function largestDifference(found: readonly Floats[], expected: readonly Floats[]): number {
  expect(found.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const apart = expected.flatMap(({ data }, k) =>
    [...data].map((x, at) => Math.abs((found[k]?.data[at] as number) - x)),
  )
  return Math.max(...apart)
}

const named = ({ cell, activation }: Equations) => (activation ? `${cell}-${activation}` : cell)

// WebGPU computes by the generic layer's operations, which wasm-generic stands for.
for (const engine of registered.filter(({ id }) => id !== 'webgpu')) {
  const reason = await whyNot(engine)
  if (reason !== undefined) {
    test.skip(`the engine ${engine.id} (${reason})`, () => {})
    continue
  }
  describe(`the engine ${engine.id} against the layers of TensorFlow.js`, () => {
    let compute: Compute
    /** On its backend in plain JavaScript, which no engine computes with. */
    const expected = new Map<KerasLayer, Floats[][]>()
    beforeAll(async () => {
      await tf.setBackend('cpu')
      for (const keras of kerasLayers) {
        const runs = [1, 2].map((count) => problem(keras.equations, count))
        expected.set(
          keras,
          runs.map(({ layers, inputs }) => runKeras(keras, layers, swapAxes(inputs))),
        )
      }
      compute = await engine.start()
    })

    test.each(kerasLayers.flatMap((keras) => [1, 2].map((count) => ({ keras, count, name: named(keras.equations) }))))(
      '$name, layers: $count',
      ({ keras, count }) => {
        const wanted = expected.get(keras)?.[count - 1] as Floats[]
        expect(Math.max(...(wanted[0]?.data ?? []).map(Math.abs))).toBeGreaterThan(0.1)
        // Without bounds (relu, identity) values grow, and float32 with them.
        const size = Math.max(1, ...wanted.flatMap(({ data }) => [...data].map(Math.abs)))
        expect(largestDifference(runOurs(compute, problem(keras.equations, count)), wanted) / size).toBeLessThan(1e-5)
      },
    )

    test('resetting before the product is not resetting after it: gru is another cell', () => {
      const keras = kerasLayers.find(({ equations }) => equations.cell === 'gru-original') as KerasLayer
      const found = runOurs(compute, problem({ cell: 'gru' }, 1))
      expect(largestDifference(found, expected.get(keras)?.[0] as Floats[])).toBeGreaterThan(0.01)
    })
  })
}

test('TensorFlow.js has no GRU that resets after the product, which gru could be held to', () => {
  // Not among the typed options, but read.
  const options = { units: 2, recurrentActivation: 'sigmoid', resetAfter: true } as const
  expect(() => tf.layers.gru(options)).toThrow(/reset_?after/i)
})
