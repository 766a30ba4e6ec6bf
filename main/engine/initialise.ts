import type { ModelConfig, Parameters } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import type { TrainingSpec } from '../../shared/spec.ts'
import { cellById } from './cells/catalogue.ts'
import { type Random, randomStream } from './random.ts'

/**
 * Names and shapes of a model's parameters, as a PyTorch state dict has them. With per-step weights every
 * parameter of a layer has the time steps as its first axis; embedding and head are shared in any case.
 */
export function parameterShapes(config: ModelConfig): Readonly<Record<string, readonly number[]>> {
  const { hiddenSize, layers, inputSize, outputSize, embedding } = config
  const cell = cellById(config.cell)
  const rows = cell.rows.length * hiddenSize
  const steps = stepsOf(config)
  const shapes: Record<string, readonly number[]> = {}
  if (embedding) shapes['embedding.weight'] = [embedding.vocab, embedding.size]
  for (let layer = 0; layer < layers; layer++) {
    shapes[`rnn.weight_ih_l${layer}`] = [...steps, rows, layer === 0 ? inputSize : hiddenSize]
    shapes[`rnn.weight_hh_l${layer}`] = [...steps, rows, hiddenSize]
    shapes[`rnn.bias_ih_l${layer}`] = [...steps, rows]
    shapes[`rnn.bias_hh_l${layer}`] = [...steps, rows]
    for (const name of cell.peepholes ?? []) shapes[`rnn.${name}_l${layer}`] = [...steps, hiddenSize]
  }
  shapes['head.weight'] = [outputSize, hiddenSize]
  shapes['head.bias'] = [outputSize]
  return shapes
}

/** The time axis of a layer's parameters: [length], or none where the weights are shared. */
function stepsOf({ weights, length }: ModelConfig): readonly number[] {
  if (weights !== 'per-step') return []
  if (length === undefined) throw new TypeError('per-step weights need the length they are for')
  return [length]
}

export function parameterCount(config: ModelConfig): number {
  return Object.values(parameterShapes(config)).reduce((sum, shape) => sum + sizeOf(shape), 0)
}

/**
 * Fresh parameters. `pytorch`: everything uniform within 1/sqrt(H), embedding standard normal;
 * `keras`: Glorot uniform, orthogonal recurrent weights, zero biases; `identity` (Le et al. 2015):
 * recurrent weights of a plain RNN the identity, inputs N(0, 0.001^2), zero biases, and PyTorch's
 * for every other cell, so that both can stand side by side.
 *
 * A forget gate's two biases add up to `forgetBias` exactly (Jozefowicz et al. 2015). With per-step
 * weights each step has random numbers of its own, the first one those of shared weights.
 */
export function initialise(
  config: ModelConfig,
  training: Pick<TrainingSpec, 'init' | 'forgetBias'>,
  seed: number,
): Parameters {
  const cell = cellById(config.cell)
  const scheme = schemes[training.init === 'identity' && cell.id !== 'rnn' ? 'pytorch' : training.init]
  const steps = stepsOf(config)
  const parameters: Record<string, Floats> = {}
  for (const [name, shape] of Object.entries(parameterShapes(config))) {
    const perStep = name.startsWith('rnn.') && steps.length > 0
    const one = perStep ? shape.slice(1) : shape
    const data = new Float32Array(sizeOf(shape))
    for (let step = 0; step < (perStep ? (steps[0] as number) : 1); step++) {
      const random = randomStream(seed, `init ${name}`, step)
      data.set(scheme(name, one, config.hiddenSize, random), step * sizeOf(one))
    }
    parameters[name] = ndarray(shape, data)
  }
  setForgetBias(config, parameters, training.forgetBias)
  return parameters
}

function setForgetBias({ cell, hiddenSize, layers }: ModelConfig, parameters: Parameters, bias: number): void {
  const { rows } = cellById(cell)
  const forget = rows.indexOf('forget')
  if (forget < 0) return
  const set = (data: Float32Array, value: number) => {
    for (let at = forget * hiddenSize; at < data.length; at += rows.length * hiddenSize) {
      data.fill(value, at, at + hiddenSize)
    }
  }
  for (let layer = 0; layer < layers; layer++) {
    set((parameters[`rnn.bias_ih_l${layer}`] as Floats).data, bias)
    set((parameters[`rnn.bias_hh_l${layer}`] as Floats).data, 0)
  }
}

type Scheme = (name: string, shape: readonly number[], hiddenSize: number, random: Random) => Float32Array

const schemes: Readonly<Record<TrainingSpec['init'], Scheme>> = {
  pytorch(name, shape, hiddenSize, random) {
    if (name === 'embedding.weight') return fill(shape, () => random.normal())
    return uniform(shape, 1 / Math.sqrt(hiddenSize), random)
  },
  keras(name, shape, hiddenSize, random) {
    // Its peephole cell draws them as it does kernels; a vector's fans are both its length.
    if (name.startsWith('rnn.weight_c')) return uniform(shape, Math.sqrt(3 / hiddenSize), random)
    if (shape.length === 1) return new Float32Array(sizeOf(shape))
    if (name === 'embedding.weight') return uniform(shape, 0.05, random)
    if (name.startsWith('rnn.weight_hh')) return orthogonalColumns(shape[0] as number, hiddenSize, random)
    return uniform(shape, Math.sqrt(6 / ((shape[0] as number) + (shape[1] as number))), random)
  },
  identity(name, shape, hiddenSize, random) {
    if (name.startsWith('rnn.bias')) return new Float32Array(sizeOf(shape))
    if (name.startsWith('rnn.weight_ih')) return fill(shape, () => 0.001 * random.normal())
    if (name.startsWith('rnn.weight_hh')) {
      const weight = new Float32Array(sizeOf(shape))
      for (let j = 0; j < hiddenSize; j++) weight[j * hiddenSize + j] = 1
      return weight
    }
    return schemes.pytorch(name, shape, hiddenSize, random)
  },
}

function fill(shape: readonly number[], draw: () => number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, draw)
}

function uniform(shape: readonly number[], bound: number, random: Random): Float32Array {
  return fill(shape, () => (2 * random.uniform() - 1) * bound)
}

/** [rows, columns] with orthonormal columns, by Gram-Schmidt on normal numbers (Saxe et al. 2014). */
function orthogonalColumns(rows: number, columns: number, random: Random): Float32Array {
  const basis: Float64Array[] = []
  while (basis.length < columns) {
    const vector = Float64Array.from({ length: rows }, () => random.normal())
    // Twice, because once leaves what rounding puts back.
    for (const other of [...basis, ...basis]) {
      const overlap = dot(vector, other)
      for (let k = 0; k < rows; k++) vector[k] = (vector[k] as number) - overlap * (other[k] as number)
    }
    const length = Math.sqrt(dot(vector, vector))
    basis.push(vector.map((value) => value / length))
  }
  return Float32Array.from(
    { length: rows * columns },
    (_, k) => (basis[k % columns] as Float64Array)[Math.floor(k / columns)] as number,
  )
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * (b[k] as number), 0)
}
