import type { Parameters } from '../../shared/model.ts'
import type { TrainingSpec } from '../../shared/spec.ts'
import { clip, globalNorm } from './clip.ts'
import { optimizerById, settingsOf } from './optimizers/registry.ts'
import type { Snapshot } from './protocol.ts'
import { learningRateAt } from './schedules.ts'

export interface Updated {
  /** The state after the update; the one before is left as it is. */
  readonly snapshot: Snapshot
  /** Global L2 norm of the gradients as they came, before clipping; not finite when one of them is not. */
  readonly gradientNorm: number
  readonly learningRate: number
}

/**
 * One update, a pure function: gradients are clipped, the learning rate is the schedule's for this step,
 * the optimiser moves the parameters. It does not judge: where `gradientNorm` is not finite, the snapshot
 * is of no use and the caller keeps the old one. Throws `spec-invalid` for an optimiser that is not there
 * and for settings that it does not read.
 */
export function updateParameters(training: TrainingSpec, before: Snapshot, gradients: Parameters): Updated {
  const optimizer = optimizerById(training.optimizer)
  const step = before.step + 1
  const learningRate = learningRateAt(step, training)
  const { parameters, state } = optimizer.update(
    before.parameters,
    clip(gradients, training),
    before.optimizer,
    step,
    learningRate,
    settingsOf(training),
  )
  return { snapshot: { step, parameters, optimizer: state }, gradientNorm: globalNorm(gradients), learningRate }
}
