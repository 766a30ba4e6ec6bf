import type { Batch, Model, ModelConfig } from '../../../shared/model.ts'
import { ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { TrainingSpec } from '../../../shared/spec.ts'
import { cells } from '../cells/catalogue.ts'
import { activations } from '../cells/rnn.ts'
import { initialise } from '../initialise.ts'
import { equationsName } from '../names.ts'
import { randomStream } from '../random.ts'

/** A small model with a batch for it. */
export interface Example {
  readonly model: Model
  readonly batch: Batch
}

/** What a model computes with, whatever its sizes. */
export type Equations = Pick<ModelConfig, 'cell' | 'activation'>

/** What is checked, and its name in a report: every cell, the plain RNN with each of its activations. */
export const variants: readonly { readonly of: string; readonly config: Equations }[] = cells
  .flatMap(({ id }): Equations[] =>
    id === 'rnn' ? activations.map((activation) => ({ cell: id, activation })) : [{ cell: id }],
  )
  .map((config) => ({ of: equationsName(config), config }))

/**
 * The shapes that every check of gradients must meet, whatever chance adds: weights shared over several
 * steps, lengths of their own, both heads, floats and ids, two layers, and weights of their own for each step.
 */
export function fixedExamples(equations: Equations): Example[] {
  const sizes = { ...equations, inputSize: 3, hiddenSize: 4 }
  return [
    exampleOf({ ...sizes, layers: 2, outputSize: 2, head: 'last', loss: 'mse' }, [6, 4, 5], 21),
    exampleOf(
      {
        ...sizes,
        layers: 1,
        outputSize: 3,
        head: 'every-step',
        loss: 'cross-entropy',
        embedding: { vocab: 5, size: 3 },
      },
      [5, 1, 4, 3],
      22,
    ),
    exampleOf(
      { ...sizes, layers: 2, outputSize: 2, head: 'every-step', loss: 'bce', weights: 'per-step', length: 5 },
      [5, 3, 2],
      23,
    ),
  ]
}

/**
 * A model of a cell and a batch with lengths of its own, all from a seed: sizes, layers, head, loss and
 * whether it reads ids, unless `fixed`.
 */
export function drawExample(seed: number, fixed: Partial<ModelConfig> & Equations): Example {
  const random = randomStream(seed, 'example')
  const among = <T>(...choices: readonly T[]): T => choices[random.integer(choices.length)] as T
  const [count, time] = [1 + random.integer(4), 1 + random.integer(6)]
  const inputSize = 1 + random.integer(4)
  const embedding = among({ vocab: 1 + random.integer(5), size: inputSize }, undefined)
  const config: ModelConfig = {
    ...(fixed.cell === 'rnn' && { activation: among(...activations) }),
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
  const lengths = Array.from({ length: count }, () => 1 + random.integer(time))
  return exampleOf(config, lengths, seed, time)
}

/** A model and a batch of sequences of these lengths, in `time` steps; weights and numbers from the seed. */
export function exampleOf(
  config: ModelConfig,
  lengths: readonly number[],
  seed: number,
  time = Math.max(...lengths),
): Example {
  const random = randomStream(seed, 'numbers')
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
  const count = lengths.length
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
    lengths: ndarray([count], Int32Array.from(lengths)),
  }
  return { model: { config, parameters: initialise(config, start, seed) }, batch }
}

const start: Pick<TrainingSpec, 'init' | 'forgetBias'> = { init: 'pytorch', forgetBias: 1 }
