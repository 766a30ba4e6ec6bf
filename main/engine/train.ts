import * as tf from '@tensorflow/tfjs'
import { LabError } from '../../shared/errors.ts'
import type { Batch, ModelConfig, Parameters } from '../../shared/model.ts'
import type { Floats } from '../../shared/ndarray.ts'
import type { TrainingSpec } from '../../shared/spec.ts'
import { differentiate, type Gradients } from './gradients.ts'
import { initialise } from './initialise.ts'
import { disposeNetwork, loadNetwork, type Network } from './network.ts'
import { exampleLosses, lastStepLosses, targetTensor } from './objectives.ts'
import { clipByGlobalNorm, globalNorm, type Optimizer, optimizerById } from './optimizers.ts'
import type { Snapshot } from './protocol.ts'
import { flow } from './quantities.ts'
import { read } from './tensors.ts'
import { inputTensor, tapArray } from './trace.ts'
import { embed, unroll } from './unroll.ts'

export interface TrainedStep {
  /** From 1. */
  readonly step: number
  readonly loss: number
  readonly metric: number
  /** flow(t) of the top layer on this batch, [T] each; only where it was asked for. */
  readonly flow?: { readonly hidden: Float32Array; readonly cell?: Float32Array }
}

export interface Scores {
  readonly loss: number
  readonly metric: number
}

type Metric = (output: Floats, batch: Batch) => number

/**
 * One run: a model, its optimiser and how far it got. Knows batches, not tasks, windows or engines.
 * State lives in plain arrays; tensors exist only while a batch is computed.
 */
export class Trainer {
  readonly config: ModelConfig
  readonly #training: TrainingSpec
  readonly #optimizer: Optimizer
  readonly #metric: Metric
  #state: Snapshot

  constructor(config: ModelConfig, training: TrainingSpec, seed: number, metric: Metric, resume?: Snapshot | null) {
    this.config = config
    this.#training = training
    this.#optimizer = optimizerById(training.optimizer)
    this.#metric = metric
    this.#state = resume ?? { step: 0, parameters: initialise(config, training, seed), optimizer: {} }
  }

  /** Updates made so far. */
  get step(): number {
    return this.#state.step
  }

  /** The present state; later updates replace it and leave this one as it is. */
  snapshot(): Snapshot {
    return this.#state
  }

  get parameters(): Parameters {
    return this.#state.parameters
  }

  /**
   * One update. Throws LabError `loss-not-finite` when the loss or a gradient is NaN or infinite; the
   * state is then the one before the update.
   */
  train(batch: Batch, withFlow: boolean): TrainedStep {
    const lengths = lengthsOf(batch)
    const network = loadNetwork({ config: this.config, parameters: this.#state.parameters })
    const inputs = inputTensor(batch, lengths)
    const targets = targetTensor(batch.targets, lengths, this.config.head)
    const step = this.#state.step + 1
    const ownFlow = withFlow && this.config.head === 'last'
    const gradients = differentiate(network, {
      inputs,
      lengths,
      objective: (unrolled) => tf.mean(exampleLosses(network, unrolled, targets, lengths)),
      ...(ownFlow && { listen: topStates(this.config) }),
    })
    try {
      const loss = read(gradients.value).data[0] as number
      const metric = this.#metric(read(gradients.unrolled.output), batch)
      const flows =
        withFlow && (ownFlow ? flowOf(network, gradients, lengths) : flowAlone(network, inputs, targets, lengths))
      this.#update(gradients, loss, step)
      return { step, loss, metric, ...(flows && { flow: flows }) }
    } finally {
      gradients.dispose()
      tf.dispose([inputs, targets])
      disposeNetwork(network)
    }
  }

  #update(gradients: Gradients, loss: number, step: number): void {
    const { clipNorm, learningRate } = this.#training
    const arrays = Object.fromEntries(
      Object.entries(gradients.parameters).map(([name, tensor]) => [name, read(tensor)]),
    )
    const norm = globalNorm(arrays)
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw notFinite(step, loss, norm)
    const clipped = clipNorm === null ? arrays : clipByGlobalNorm(arrays, clipNorm, norm)
    const { parameters, state } = this.#optimizer.update(
      this.#state.parameters,
      clipped,
      this.#state.optimizer,
      step,
      learningRate,
    )
    this.#state = { step, parameters, optimizer: state }
  }

  /** Raw outputs of a batch [B, K], and how they score. */
  answer(batch: Batch): Scores & { readonly output: Floats } {
    const { output, loss } = this.#forward(batch)
    return { output, loss, metric: this.#metric(output, batch) }
  }

  #forward(batch: Batch): { output: Floats; loss: number } {
    const lengths = lengthsOf(batch)
    const network = loadNetwork({ config: this.config, parameters: this.#state.parameters })
    const [output, loss] = tf.tidy(() => {
      const unrolled = unroll(network, embed(network, inputTensor(batch, lengths)), lengths)
      return [
        unrolled.output,
        tf.mean(exampleLosses(network, unrolled, targetTensor(batch.targets, lengths, this.config.head), lengths)),
      ]
    }) as [tf.Tensor, tf.Scalar]
    const forward = { output: read(output), loss: read(loss).data[0] as number }
    tf.dispose([output, loss])
    disposeNetwork(network)
    return forward
  }
}

function lengthsOf({ inputs, lengths }: Batch): number[] {
  const [count, time] = inputs.shape as [number, number]
  return lengths ? [...lengths.data] : Array<number>(count).fill(time)
}

const topStates = (config: ModelConfig) => (layer: number, name: string) =>
  layer === config.layers - 1 && (name === 'hidden' || name === 'cell')

/** Flow for a head at every step: a backward pass of its own, from the last real step alone. */
function flowAlone(network: Network, inputs: tf.Tensor, targets: tf.Tensor, lengths: readonly number[]) {
  const gradients = differentiate(network, {
    inputs,
    lengths,
    objective: (unrolled) => tf.mean(lastStepLosses(network, unrolled, targets, lengths)),
    listen: topStates(network.config),
  })
  const flows = flowOf(network, gradients, lengths)
  gradients.dispose()
  return flows
}

function flowOf(network: Network, gradients: Gradients, lengths: readonly number[]): NonNullable<TrainedStep['flow']> {
  const { layers, hiddenSize } = network.config
  const time = gradients.inputs.shape[1]
  const shape = [lengths.length, time, hiddenSize] as const
  const of = (name: 'hidden' | 'cell') => flow(tapArray(gradients, layers - 1, name, shape).data, ...shape, lengths)
  return { hidden: of('hidden'), ...(network.cell.hasCellState && { cell: of('cell') }) }
}

function notFinite(step: number, loss: number, norm: number): LabError {
  const what = Number.isFinite(loss) ? `The gradient's norm is ${norm}` : `The loss is ${loss}`
  return new LabError(
    'loss-not-finite',
    `${what} at step ${step}; the state of step ${step - 1} is kept.`,
    'Lower the learning rate or clip the gradient (training.clipNorm) and train again.',
    { step, kept: step - 1, loss: String(loss), norm: String(norm) },
  )
}
