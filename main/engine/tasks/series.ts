import type { Baseline } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'

/** Mean of |answer - target| over all numbers answered. Every step counts: for batches without padding. */
export function meanAbsoluteError(output: Floats, { targets }: Pick<Batch, 'targets'>): number {
  const sum = output.data.reduce((total, answer, k) => total + Math.abs(answer - (targets.data[k] as number)), 0)
  return sum / output.data.length
}

/** Scores what a rule answers, with the mean squared error as loss. */
export function scored(id: string, answers: Floats, batch: Pick<Batch, 'targets'>): Baseline {
  const { data } = batch.targets
  const sum = answers.data.reduce((total, answer, k) => total + (answer - (data[k] as number)) ** 2, 0)
  return { id, loss: sum / data.length, metric: meanAbsoluteError(answers, batch) }
}
