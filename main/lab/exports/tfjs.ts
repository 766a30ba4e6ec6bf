import { LabError } from '../../../shared/errors.ts'
import type { Model, ModelConfig, Parameters } from '../../../shared/model.ts'
import { type Floats, joined, ndarray } from '../../../shared/ndarray.ts'
import { version } from '../version.ts'
import type { ModelExporter } from './exporter.ts'

/** A layer of the topology, with its weights in Keras' order. */
interface KerasLayer {
  readonly class_name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly weights: Readonly<Record<string, Floats>>
}

/** A cell as Keras has it: the class, and which block of rows stands where. */
interface KerasCell {
  readonly className: string
  /** Our row blocks in Keras' order: its LSTM has i, f, c, o, which is PyTorch's i, f, g, o. */
  readonly blocks: readonly number[]
  config(model: ModelConfig): Readonly<Record<string, unknown>>
}

const kerasCells: Readonly<Record<string, KerasCell>> = {
  rnn: {
    className: 'SimpleRNN',
    blocks: [0],
    config: ({ activation = 'tanh' }) => ({ activation: activation === 'identity' ? 'linear' : activation }),
  },
  lstm: {
    className: 'LSTM',
    blocks: [0, 1, 2, 3],
    // Named, because the default of TensorFlow.js' layers is the piecewise linear hardSigmoid.
    config: () => ({ activation: 'tanh', recurrent_activation: 'sigmoid', implementation: 1, unit_forget_bias: false }),
  },
}

/**
 * A model for `tf.loadLayersModel` of TensorFlow.js: the layers format written as its documentation
 * has it (model.json with topology and weights manifest, weights.bin in the manifest's order). Inputs
 * are the network's own: normalised values [B, T, D], or ids [B, T]; the output is raw (logits).
 */
export const tfjs: ModelExporter = {
  id: 'tfjs',
  files({ model }) {
    const layers = kerasLayers(model)
    const weights = layers.flatMap((layer) => Object.entries(layer.weights))
    const json = {
      format: 'layers-model',
      generatedBy: `Unroll ${version}`,
      convertedBy: null,
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'unroll', layers: layers.map(({ class_name, config }) => ({ class_name, config })) },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: weights.map(([name, { shape }]) => ({ name, shape, dtype: 'float32' })),
        },
      ],
    }
    return {
      'model.json': new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`),
      'weights.bin': new Uint8Array(joined(weights.map(([, { data }]) => data)).buffer),
    }
  },
}

function kerasLayers({ config, parameters }: Model): KerasLayer[] {
  const cell = kerasCells[config.cell]
  if (!cell) {
    const hint = 'Export it as a model folder.'
    throw new LabError('model-invalid', `TensorFlow.js has no layer for the cell "${config.cell}".`, hint, {
      cell: config.cell,
    })
  }
  if (config.weights === 'per-step') {
    const hint = 'Export it as a model folder.'
    throw new LabError('model-invalid', 'TensorFlow.js has no layer with weights of its own at every step.', hint)
  }
  const layers: KerasLayer[] = []
  if (config.embedding) {
    const { vocab, size } = config.embedding
    const table = { input_dim: vocab, output_dim: size, batch_input_shape: [null, null] }
    layers.push(layer('Embedding', 'embedding', table, { embeddings: get(parameters, 'embedding.weight') }))
  }
  for (let index = 0; index < config.layers; index++) {
    const first = layers.length === 0 ? { batch_input_shape: [null, null, config.inputSize], dtype: 'float32' } : {}
    const last = index === config.layers - 1
    const options = {
      units: config.hiddenSize,
      use_bias: true,
      return_sequences: !last || config.head === 'every-step',
      ...cell.config(config),
      ...first,
    }
    layers.push(
      layer(cell.className, `rnn_l${index}`, options, recurrentWeights(config, parameters, index, cell.blocks)),
    )
  }
  const head = { units: config.outputSize, activation: 'linear', use_bias: true }
  const weights = { kernel: transposed(get(parameters, 'head.weight')), bias: get(parameters, 'head.bias') }
  return [...layers, layer('Dense', 'head', head, weights)]
}

function layer(
  className: string,
  name: string,
  config: Readonly<Record<string, unknown>>,
  weights: Readonly<Record<string, Floats>>,
): KerasLayer {
  const named = Object.fromEntries(Object.entries(weights).map(([key, value]) => [`${name}/${key}`, value]))
  return { class_name: className, config: { name, trainable: true, ...config }, weights: named }
}

/** kernel [D, G*H], recurrent_kernel [H, G*H] and one bias: b_ih and b_hh always stand together here. */
function recurrentWeights(
  { hiddenSize }: ModelConfig,
  parameters: Parameters,
  index: number,
  blocks: readonly number[],
) {
  const rows = (name: string) => reordered(get(parameters, `rnn.${name}_l${index}`), hiddenSize, blocks)
  const second = rows('bias_hh')
  const { shape, data } = rows('bias_ih')
  return {
    kernel: transposed(rows('weight_ih')),
    recurrent_kernel: transposed(rows('weight_hh')),
    bias: ndarray(
      shape,
      data.map((value, k) => value + (second.data[k] as number)),
    ),
  }
}

function get(parameters: Parameters, name: string): Floats {
  const array = parameters[name]
  if (!array) throw new RangeError(`the model has no parameter ${name}`)
  return array
}

/** Blocks of `size` rows in another order. */
function reordered({ shape, data }: Floats, size: number, blocks: readonly number[]): Floats {
  const width = (data.length / (shape[0] as number)) * size
  const result = new Float32Array(data.length)
  for (const [place, block] of blocks.entries())
    result.set(data.subarray(block * width, (block + 1) * width), place * width)
  return ndarray(shape, result)
}

function transposed({ shape, data }: Floats): Floats {
  const [rows, columns] = shape as [number, number]
  const result = new Float32Array(data.length)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = data[r * columns + c] as number
  return ndarray([columns, rows], result)
}
