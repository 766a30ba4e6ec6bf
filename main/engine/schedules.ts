import type { ScheduleSpec, TrainingSpec } from '../../shared/spec.ts'

type Timing = Pick<TrainingSpec, 'learningRate' | 'steps' | 'schedule'>

/**
 * The schedule with nothing left open: a cosine's length is the steps planned now, so that a run which is
 * extended later does not bend the rates of the steps that it has behind it.
 */
export function resolveSchedule({ schedule = { id: 'constant' }, steps }: Timing): ScheduleSpec {
  if (schedule.id !== 'cosine' || schedule.tMax !== undefined) return schedule
  return { ...schedule, tMax: Math.max(1, steps - (schedule.warmup?.totalIters ?? 0)) }
}

/**
 * The learning rate of update `step` (from 1), as torch.optim.lr_scheduler has it after step - 1 of its own
 * steps: LinearLR for the warm-up, then StepLR, ExponentialLR or CosineAnnealingLR (SequentialLR), which
 * begin to count when the warm-up is over. Beyond its end a cosine stays at `etaMin`, where torch's would
 * climb again: a run that goes on longer than planned must not start anew.
 */
export function learningRateAt(step: number, training: Timing): number {
  const { learningRate } = training
  const schedule = resolveSchedule(training)
  const { totalIters = 0, startFactor = 1 } = schedule.warmup ?? {}
  const behind = step - 1 - totalIters
  if (behind < 0) return learningRate * (startFactor + ((1 - startFactor) * (step - 1)) / totalIters)
  switch (schedule.id) {
    case 'constant':
      return learningRate
    case 'step':
      return learningRate * schedule.gamma ** Math.floor(behind / schedule.stepSize)
    case 'exponential':
      return learningRate * schedule.gamma ** behind
    case 'cosine': {
      const { etaMin, tMax = 1 } = schedule
      if (behind >= tMax) return etaMin
      return etaMin + ((learningRate - etaMin) * (1 + Math.cos((Math.PI * behind) / tMax))) / 2
    }
  }
}
