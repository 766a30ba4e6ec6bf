import type { Answers, TaskFacts } from '../../../shared/contract.ts'
import { isShare } from '../training/labels.ts'
import type { Bin } from './bins.ts'

/** Which wrong examples are asked for: of one run; of one cell of its table of classes; or of one bin of a chart. */
export interface Asked {
  readonly run: number
  readonly cell?: { readonly truth: number; readonly answered: number }
  readonly bin?: Bin & { readonly tag: string }
}

/** A test example, and of answers at every step the first that is wrong. */
export interface WrongPlace {
  readonly index: number
  readonly step?: number
}

/** Right and wrong are told apart where the score is a share of right answers. */
export const tellsWrong = ({ metric }: Pick<TaskFacts, 'metric'>): boolean => isShare(metric.id)

/** Whether the answer at a step is wrong by itself: not where a grammar allows several, nor where some are not scored. */
export const namesStep = ({ outputs, metric }: Pick<TaskFacts, 'outputs' | 'metric'>): boolean =>
  outputs === 'class-series' && metric.id === 'accuracy'

/** Whether what is answered is one class, which the network is more or less sure of. */
export const hasShare = (facts: Pick<TaskFacts, 'outputs' | 'metric'>): boolean =>
  facts.outputs === 'class' || facts.outputs === 'next-token' || namesStep(facts)

/** Examples that are not answered rightly, in their order. */
export function wrongPlaces(
  { targets, outputs, lengths, metrics, tags }: Answers,
  facts: Pick<TaskFacts, 'outputs' | 'metric'>,
  { run, cell, bin }: Asked,
): WrongPlace[] {
  const scores = metrics[run]?.data ?? new Float32Array(0)
  const answered = outputs[run]?.data ?? new Float32Array(0)
  const steps = targets.data.length / Math.max(1, scores.length)
  const places: WrongPlace[] = []
  for (const [index, score] of scores.entries()) {
    if (!(score < 1)) continue
    if (cell && (targets.data[index] !== cell.truth || answered[index] !== cell.answered)) continue
    const value = bin && tags?.[bin.tag]?.data[index]
    if (bin && (value === undefined || value < bin.from || value > bin.to)) continue
    if (!namesStep(facts)) places.push({ index })
    else {
      const [from, end] = [index * steps, index * steps + (lengths?.data[index] ?? steps)]
      const at = targets.data.subarray(from, end).findIndex((truth, t) => answered[from + t] !== truth)
      places.push({ index, ...(at >= 0 && { step: at }) })
    }
  }
  return places
}
