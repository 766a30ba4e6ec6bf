import { LabError } from '../../shared/errors.ts'
import type { Batch, Model, ModelConfig, Parameters } from '../../shared/model.ts'
import { type Floats, joined, ndarray } from '../../shared/ndarray.ts'
import type { TrainingSpec } from '../../shared/spec.ts'
import { initialise } from './initialise.ts'
import type { Compute, LayerGradients } from './layers/layer.ts'
import { type NetworkGradients, type NetworkPass, runNetwork } from './network.ts'
import { lastStepLoss, meanLoss } from './objectives.ts'
import type { Snapshot } from './protocol.ts'
import { flow, squaredNorms } from './quantities.ts'
import { atOnce, cutSteps, examplesBetween, lengthsOf } from './sequence.ts'
import { updateParameters } from './update.ts'

export interface TrainedStep {
  /** From 1. */
  readonly step: number
  readonly loss: number
  readonly metric: number
  /** flow(t) of the top layer, [T] each, T being the batch's longest length; only where it was asked for. */
  readonly flow?: { readonly hidden: Float32Array; readonly cell?: Float32Array }
}

export interface Scores {
  readonly loss: number
  readonly metric: number
}

export interface Answered extends Scores {
  /** Raw, [B, K] or [B, T, K]. */
  readonly output: Floats
}

type Metric = (output: Floats, batch: Batch) => number

/** What a model answers to a batch, and how it scores. `batchSize`: of its training, which has room for as many. */
export function answer(compute: Compute, model: Model, batch: Batch, metric: Metric, batchSize: number): Answered {
  const output = outputOf(compute, model, batch, atOnce(batchSize))
  const { value } = meanLoss(model.config, output, batch.targets, lengthsOf(batch))
  return { output, loss: value, metric: metric(output, batch) }
}

/** In parts: how many examples are scored does not tell how much memory it takes. */
function outputOf(compute: Compute, model: Model, batch: Batch, most: number): Floats {
  const count = batch.inputs.shape[0] as number
  const parts: Floats[] = []
  for (let from = 0; from < count; from += most) {
    const part = count <= most ? batch : examplesBetween(batch, from, Math.min(count, from + most))
    const { output, release } = runNetwork(compute, model, part.inputs, lengthsOf(part), { states: false })
    release()
    parts.push(output)
  }
  const [first] = parts as [Floats]
  if (parts.length === 1) return first
  return ndarray([count, ...first.shape.slice(1)], joined(parts.map(({ data }) => data)))
}

/**
 * One run: a model, its optimiser and how far it got. Knows batches, not tasks, windows or engines: what
 * computes is handed in.
 */
export class Trainer {
  readonly config: ModelConfig
  readonly #compute: Compute
  readonly #training: TrainingSpec
  readonly #metric: Metric
  #state: Snapshot

  constructor(
    compute: Compute,
    config: ModelConfig,
    training: TrainingSpec,
    seed: number,
    metric: Metric,
    resume?: Snapshot | null,
  ) {
    this.config = config
    this.#compute = compute
    this.#training = training
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
   * One update. What the batch holds beyond its longest example is not computed: the loss is the same without
   * it, though gradients may differ from those with it in their last bits, where sums are taken in other
   * parts. Throws LabError `loss-not-finite` when the loss or a gradient is NaN or infinite; the
   * state is then the one before the update.
   */
  train(whole: Batch, withFlow: boolean): TrainedStep {
    const lengths = lengthsOf(whole)
    const batch = this.#withoutPadding(whole, Math.max(...lengths))
    const step = this.#state.step + 1
    const { config } = this
    const ran = runNetwork(this.#compute, this.#model, batch.inputs, lengths, { states: false })
    try {
      const loss = meanLoss(config, ran.output, batch.targets, lengths)
      const own = config.head === 'last'
      const gradients = ran.backward(loss.gradient, withFlow && own ? 'norms' : 'parameters', { inputs: false })
      const flows = withFlow && flowOf(own ? gradients : this.#fromLastStep(ran, batch, lengths), lengths)
      this.#update(gradients.parameters, loss.value, step)
      return { step, loss: loss.value, metric: this.#metric(ran.output, batch), ...(flows && { flow: flows }) }
    } finally {
      ran.release()
    }
  }

  /** `answer` of the present state. */
  answer(batch: Batch): Answered {
    return answer(this.#compute, this.#model, batch, this.#metric, this.#training.batchSize)
  }

  /** Weights of their own for each step are for all steps or none. */
  #withoutPadding(batch: Batch, longest: number): Batch {
    const isWhole = longest === batch.inputs.shape[1] || this.config.weights === 'per-step'
    return isWhole ? batch : cutSteps(batch, longest)
  }

  get #model(): Model {
    return { config: this.config, parameters: this.#state.parameters }
  }

  /** For a head at every step: flow is a backward pass of its own, from the last real step alone. */
  #fromLastStep(ran: NetworkPass, batch: Batch, lengths: readonly number[]): NetworkGradients {
    return ran.backward(lastStepLoss(this.config, ran.output, batch.targets, lengths).gradient, 'norms', {
      inputs: false,
    })
  }

  #update(gradients: Parameters, loss: number, step: number): void {
    const { snapshot, gradientNorm } = updateParameters(this.#training, this.#state, gradients)
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) throw notFinite(step, loss, gradientNorm)
    this.#state = snapshot
  }
}

/** Of the top layer. */
function flowOf({ layers }: NetworkGradients, lengths: readonly number[]): NonNullable<TrainedStep['flow']> {
  const { norms, hidden, cell } = layers.at(-1) as LayerGradients
  const hiddenNorms = norms?.hidden ?? squaredNorms(hidden as Floats)
  const cellNorms = norms?.cell ?? (cell && squaredNorms(cell))
  return { hidden: flow(hiddenNorms, lengths), ...(cellNorms && { cell: flow(cellNorms, lengths) }) }
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
