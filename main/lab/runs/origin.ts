import { createHash } from 'node:crypto'
import type { RunSpec } from '../../../shared/spec.ts'

/** SHA-256 as hexadecimal digits. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * Hash of what decides a resolved spec's updates: all of it but how many there are to be, so that a run
 * which is extended still goes on from its checkpoints.
 */
export function specHash({ task, cells, training: { steps: _steps, ...training }, seed }: RunSpec): string {
  return sha256(JSON.stringify({ task, cells, training, seed }, sorted))
}

/** Replacer for JSON.stringify: fields in the order of their names. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export interface Difference {
  /** Path of the field, e.g. `cells.0.hiddenSize`. */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** The first field in which two values of parsed JSON differ; undefined where they are equal. */
export function firstDifference(before: unknown, after: unknown, field = ''): Difference | undefined {
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const found = firstDifference(before[key], after[key], field ? `${field}.${key}` : key)
      if (found) return found
    }
    return undefined
  }
  return Object.is(before, after) ? undefined : { field, before, after }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
