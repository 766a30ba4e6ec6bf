import type { Occurrences } from '../../../shared/sequences.ts'
import type { SetReader } from './edit-rule.ts'

/** How often a token or label stands in all rows, or in some: as often as `replace` would find it. */
export function occurrences(reader: SetReader, find: string, ids?: Int32Array): Occurrences {
  const wanted = ids && new Set(ids)
  const needle = JSON.stringify(find).slice(1, -1)
  const timesIn = (json: string) => {
    if (!json.includes(needle)) return 0
    const value = JSON.parse(json) as unknown
    return (Array.isArray(value) ? value : [value]).filter((each) => each === find).length
  }
  const found = { inputs: 0, target: 0 }
  for (const { id, inputs, target } of reader.rows()) {
    if (wanted && !wanted.has(id)) continue
    found.inputs += timesIn(inputs)
    found.target += timesIn(target)
  }
  return found
}
