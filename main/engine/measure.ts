import type { Intervention } from '../../shared/interventions.ts'
import type { Batch, Model, Parameters } from '../../shared/model.ts'
import type { Floats } from '../../shared/ndarray.ts'
import { checkBatch } from './batch.ts'
import type { CellPath } from './cells/cell.ts'
import { type JacobianNorms, jacobianNorms } from './jacobians.ts'
import type { Compute, Layer, LayerGradients, LayerPass } from './layers/layer.ts'
import { runNetwork } from './network.ts'
import { answers, lastStepLoss, meanLoss } from './objectives.ts'
import { flow, memoryHorizon, normsOverLastAxis, type Saturation, squaredNorms } from './quantities.ts'
import { saturations } from './squashed.ts'

/** A value for h and, of cells that have one, for c. */
export interface PerState<T> {
  readonly hidden: T
  readonly cell?: T
}

/** One layer on one batch; arrays are [T, B, H], 0 at padded steps. */
export interface LayerQuantities {
  readonly hidden: Floats
  readonly cell?: Floats
  readonly gates: Readonly<Record<string, Floats>>
  /** dL/dh_t and dL/dc_t in total. */
  readonly gradients: PerState<Floats>
  /** The same of the last step's own loss, which flow is the size of. */
  readonly fromLast: PerState<Floats>
  /** The terms whose sum is dL/dc_t. */
  readonly paths?: Readonly<Partial<Record<CellPath, Floats>>>
  /** flow(t), [T]; NaN where no example is that long. */
  readonly flow: PerState<Float32Array>
  /** Memory horizon in steps, the longest example's length for "all"; NaN when undefined. */
  readonly horizon: PerState<number>
  /** By what was squashed: `hidden`, `cell` (its tanh), `gates.NAME`. */
  readonly saturation: Readonly<Record<string, Saturation>>
  /** Left out on request: their cost grows with H^3. */
  readonly jacobians?: JacobianNorms
}

/** Everything the lab can say about a model on one batch. */
export interface Quantities {
  readonly loss: number
  /** Raw output of the head: [B, K], or [B, T, K] for a head at every step. */
  readonly output: Floats
  /** Real steps of each example. */
  readonly lengths: readonly number[]
  /** ||d s_b / d x_t||, [T, B]; s_b is the answer at the last real step. */
  readonly sensitivity: Floats
  /** dL/dx_t [T, B, D], of a model that reads floats. */
  readonly inputs?: Floats
  /** dL/d parameter, by PyTorch state-dict name; none where they are not wanted. */
  readonly parameters: Parameters
  readonly layers: readonly LayerQuantities[]
}

export interface MeasureOptions {
  /** Whether the Jacobians and Lyapunov exponents are wanted (left out: they are). */
  readonly jacobians?: boolean
  /** Whether the gradients of the parameters are wanted (left out: they are). */
  readonly parameters?: boolean
  /** Share of its last value under which flow counts as gone; left out: 0.01. */
  readonly horizonThreshold?: number
  /** What is fixed inside the network; with `[]`, nothing, but it runs by the same arithmetic as with something. */
  readonly interventions?: readonly Intervention[]
}

/**
 * Measures a model on a batch: one run forward, and backward from the loss, from the last step's own
 * loss (the flow) and from the answer (the sensitivity). Throws LabError `batch-invalid` when the batch
 * does not fit the model, `spec-invalid` when an intervention does not.
 */
export function measure(
  compute: Compute,
  model: Model,
  batch: Batch,
  { jacobians = true, parameters = true, horizonThreshold, interventions }: MeasureOptions = {},
): Quantities {
  const { config } = model
  const lengths = checkBatch(config, batch)
  const ran = runNetwork(compute, model, batch.inputs, lengths, {
    states: true,
    ...(interventions && { interventions }),
  })
  try {
    const loss = meanLoss(config, ran.output, batch.targets, lengths)
    const total = ran.backward(loss.gradient, 'paths', { parameters })
    // With a head at every step the local losses would hide what fades: flow asks about the last alone.
    const last =
      config.head === 'last'
        ? total
        : ran.backward(lastStepLoss(config, ran.output, batch.targets, lengths).gradient, 'states', unread)
    const answered = ran.backward(answers(config, ran.output, lengths).gradient, 'parameters', unread)
    return {
      loss: loss.value,
      output: ran.output,
      lengths,
      sensitivity: normsOverLastAxis(answered.embedded as Floats),
      ...(!config.embedding && { inputs: total.embedded as Floats }),
      parameters: total.parameters,
      layers: ran.layers.map(({ layer, pass }, index) => {
        const inputs = index === 0 ? ran.embedded : (ran.layers[index - 1]?.pass.hidden as Floats)
        return {
          ...measureLayer(
            layer,
            pass,
            total.layers[index] as LayerGradients,
            last.layers[index] as LayerGradients,
            lengths,
            horizonThreshold,
          ),
          ...(jacobians && { jacobians: jacobianNorms(layer, { inputs, ...pass }, lengths) }),
        }
      }),
    }
  } finally {
    ran.release()
  }
}

const unread = { parameters: false } as const

function measureLayer(
  layer: Layer,
  { hidden, cell, gates }: LayerPass,
  total: LayerGradients,
  last: LayerGradients,
  lengths: readonly number[],
  threshold: number | undefined,
): LayerQuantities {
  const each = <T>(gradients: LayerGradients, of: (gradient: Floats) => T): PerState<T> => ({
    hidden: of(gradients.hidden as Floats),
    ...(gradients.cell && { cell: of(gradients.cell) }),
  })
  const flows = each(last, (gradient) => flow(squaredNorms(gradient), lengths))
  const horizonOf = (byStep: Float32Array) => memoryHorizon(byStep, threshold, Math.max(...lengths))
  return {
    hidden,
    ...(cell && { cell }),
    gates,
    gradients: each(total, (gradient) => gradient),
    fromLast: each(last, (gradient) => gradient),
    ...(layer.cell.hasCellState && total.paths && { paths: total.paths }),
    flow: flows,
    horizon: { hidden: horizonOf(flows.hidden), ...(flows.cell && { cell: horizonOf(flows.cell) }) },
    saturation: saturations(layer, { hidden, ...(cell && { cell }), gates }, lengths),
  }
}
