import type { Baseline } from '../../../shared/contract.ts'

/** Always answering each of `classes` equally often: right once in that many, ln(classes) nats. */
export const chance = (classes: number): Baseline => ({ id: 'chance', loss: Math.log(classes), metric: 1 / classes })
