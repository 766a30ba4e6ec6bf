import type { Recipe } from '../../../shared/sequences.ts'
import type { Messages } from '../../i18n/en.ts'

/** A setting of what draws a live set, in words. */
export interface Dial {
  readonly name: string
  readonly value: string
}

/** The dials of a recipe as its form has them: the task's own but what concerns a network, then rows and seed. */
export function dialsOf({ task: { id, embedding: _network, ...own }, rows, seed }: Recipe, t: Messages): Dial[] {
  const fields = t.taskFields[id] ?? {}
  const dials = Object.entries(own).map(([key, value]) => ({
    name: fields[key]?.name ?? t.setup.fields[key] ?? key,
    value: fields[key]?.options?.[String(value)] ?? String(value),
  }))
  return [
    ...dials,
    { name: t.data.rowCount, value: String(rows) },
    { name: t.setup.fields.seed ?? 'seed', value: String(seed) },
  ]
}

/** Which dials were turned, from what to what. */
export function turned(before: Recipe, after: Recipe, t: Messages): string[] {
  const then = new Map(dialsOf(before, t).map(({ name, value }) => [name, value]))
  return dialsOf(after, t).flatMap(({ name, value }) =>
    then.get(name) === value ? [] : [`${name} ${then.get(name) ?? ''} → ${value}`],
  )
}
