import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'

export interface Distances {
  readonly minDistance: number
  readonly maxDistance: number
  readonly testDistance: number
}

/** The longest distance a task may be set to, in words. */
const farthest = 1000

const words = (smallest: number) => v.pipe(v.number(), v.integer(), v.minValue(smallest), v.maxValue(farthest))

/**
 * Fields for words between a clue and its answer: training and validation take minDistance to
 * maxDistance, the test minDistance to testDistance, so that it also asks for more than was trained on.
 */
export const distanceFields = (smallest: number, initial: Distances) => ({
  minDistance: v.optional(words(smallest), initial.minDistance),
  maxDistance: v.optional(words(smallest), initial.maxDistance),
  testDistance: v.optional(words(smallest), initial.testDistance),
})

/** How many distances each held-out split asks for. */
export const distancesIn = ({
  minDistance,
  maxDistance,
  testDistance,
}: Distances): Readonly<Record<Split, number>> => ({
  validation: maxDistance - minDistance + 1,
  test: testDistance - minDistance + 1,
})

export const embeddingField = (initial: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)), initial)

/** Throws LabError `spec-invalid` unless minDistance <= maxDistance <= testDistance. */
export function checkDistances(distances: Distances): void {
  checkOrder(distances, 'minDistance', 'maxDistance')
  checkOrder(distances, 'maxDistance', 'testDistance')
}

/** Throws LabError `spec-invalid` when the field `larger` is below the field `smaller`. */
export function checkOrder<Key extends string>(spec: Readonly<Record<Key, number>>, smaller: Key, larger: Key): void {
  const [value, limit] = [spec[larger], spec[smaller]]
  if (value >= limit) return
  throw new LabError(
    'spec-invalid',
    `task.${larger} is ${value}, less than task.${smaller}, which is ${limit}.`,
    `Set task.${larger} to at least ${limit}, or lower task.${smaller}.`,
    { field: `task.${larger}`, value, limit },
  )
}
