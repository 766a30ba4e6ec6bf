import type { Batch, Model, ModelConfig } from '../../../shared/model.ts'
import { ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { TrainingSpec } from '../../../shared/spec.ts'
import { initialise } from '../initialise.ts'
import { randomStream } from '../random.ts'

/** A small model with a batch for it. */
export interface Example {
  readonly model: Model
  readonly batch: Batch
}

/**
 * A model of a cell and a batch with lengths of its own, all from a seed: sizes, layers, head, loss and
 * whether it reads ids, unless `fixed`.
 */
export function drawExample(seed: number, fixed: Partial<ModelConfig> & Pick<ModelConfig, 'cell'>): Example {
  const random = randomStream(seed, 'example')
  const among = <T>(...choices: readonly T[]): T => choices[random.integer(choices.length)] as T
  const [count, time] = [1 + random.integer(4), 1 + random.integer(6)]
  const inputSize = 1 + random.integer(4)
  const embedding = among({ vocab: 1 + random.integer(5), size: inputSize }, undefined)
  const config: ModelConfig = {
    ...(fixed.cell === 'rnn' && { activation: among('tanh', 'relu', 'sigmoid', 'identity') }),
    inputSize,
    hiddenSize: 1 + random.integer(6),
    layers: 1 + random.integer(2),
    outputSize: 1 + random.integer(3),
    head: among('last', 'every-step'),
    loss: among('mse', 'cross-entropy', 'bce'),
    ...(embedding && { embedding }),
    ...(random.integer(4) === 0 && { weights: 'per-step', length: time }),
    ...fixed,
  }
  const numbers = (shape: number[]) =>
    ndarray(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    )
  const ids = (shape: number[], limit: number) =>
    ndarray(
      shape,
      Int32Array.from({ length: sizeOf(shape) }, () => random.integer(limit)),
    )
  const answered = config.head === 'last' ? [count] : [count, time]
  const targets = {
    mse: () => numbers([...answered, config.outputSize]),
    'cross-entropy': () => ids(answered, config.outputSize),
    bce: () =>
      ndarray([...answered, config.outputSize], Float32Array.from(ids([...answered, config.outputSize], 2).data)),
  }
  const batch: Batch = {
    inputs: config.embedding ? ids([count, time], config.embedding.vocab) : numbers([count, time, config.inputSize]),
    targets: targets[config.loss](),
    lengths: ndarray(
      [count],
      Int32Array.from({ length: count }, () => 1 + random.integer(time)),
    ),
  }
  return { model: { config, parameters: initialise(config, start, seed) }, batch }
}

const start: Pick<TrainingSpec, 'init' | 'forgetBias'> = { init: 'pytorch', forgetBias: 1 }
