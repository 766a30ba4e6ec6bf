import type { Insight } from '../../../shared/insight.ts'
import { parts, type SetHeader } from '../../../shared/sequences.ts'
import type { Column } from './cells.ts'

/** A text that may stand in a cell, and how often it does; null where that is not counted. */
export type Known = readonly (readonly [text: string, count: number | null])[]

export interface Suggestion {
  readonly text: string
  readonly count: number | null
  /** What the cell had. */
  readonly isBefore: boolean
}

const most = 6

/** What may stand in the cells of a column, the likeliest first; undefined where that is no short list. */
export function knownIn(header: SetHeader, { field, step }: Column, insight: Insight | null): Known | undefined {
  if (field === 'split') return parts.map((part) => [part, null])
  if (field === 'inputs' && step !== undefined) {
    return allowed(header.inputs === 'tokens' ? header.vocabulary : null, insight?.tokens ?? [])
  }
  if (field !== 'target' || header.target !== 'class') return undefined
  const labels = (insight?.labels ?? []).map(
    ({ label, rows }) => [label, rows.train + rows.validation + rows.test] as const,
  )
  return allowed(header.classes, labels)
}

/** All that is allowed, where that is said, by how often it occurs; else what occurs. */
function allowed(list: readonly string[] | null, counts: readonly (readonly [string, number])[]): Known {
  if (!list) return counts
  const countOf = new Map(counts)
  return list.map((text) => [text, countOf.get(text) ?? 0] as const).sort(([, a], [, b]) => b - a)
}

/**
 * What a person who types may mean: it begins alike, or is the likeliest where nothing was typed yet. What was there
 * before comes last, to go back to.
 */
export function suggestions(typed: string, known: Known, before: string): Suggestion[] {
  const begin = typed.trim().toLowerCase()
  const alike = known.filter(([text]) => text !== before && text.toLowerCase().startsWith(begin)).slice(0, most)
  const found = alike.map(([text, count]) => ({ text, count, isBefore: false }))
  const own = known.find(([text]) => text === before)
  return before ? [...found, { text: before, count: own?.[1] ?? null, isBefore: true }] : found
}
