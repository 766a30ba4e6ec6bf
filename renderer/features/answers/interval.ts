import { fixed } from '../../viz/numbers.ts'
import { isShare } from '../training/labels.ts'
import { wilson } from './bins.ts'

/** Of fewer examples, a share says little about others: all right of 30 may still be 89 % of all. */
const enough = 30

export const areFew = (count: number | undefined): count is number => count !== undefined && count < enough

/** The 95 % interval of a share that was counted over so many examples, in percent: "34–100"; undefined of other scores. */
export function intervalText(metric: string, value: number, count: number | undefined): string | undefined {
  if (!isShare(metric) || !count || !Number.isFinite(value)) return undefined
  const { low, high } = wilson(value, count)
  return `${fixed(low * 100, 0)}–${fixed(high * 100, 0)}`
}
