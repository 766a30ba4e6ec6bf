import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { SetView, Tags } from '../../../shared/sequences.ts'
import { tagOrder } from '../datasets/splits.ts'

const sortKeys: Readonly<Record<string, string>> = {
  length: 'steps',
  split: "CASE split WHEN 'train' THEN 0 WHEN 'validation' THEN 1 ELSE 2 END",
  target: "json_extract(target, '$')",
  note: 'note',
  inputs: 'inputs',
}

/** The ids of a dataset's rows in a table: those that a view shows, in its order. */
export function idsOf(
  database: DatabaseSync,
  table: string,
  dataset: string,
  { sort, ...filters }: SetView,
): Int32Array<ArrayBuffer> {
  const conditions = [{ where: 'dataset = ?', values: [dataset] }, ...conditionsOf(filters)]
  const where = conditions.map((condition) => condition.where).join(' AND ')
  const key = sort && sortKeys[sort.by]
  const order = key ? `${key} ${sort.descending ? 'DESC' : 'ASC'}, position` : 'position'
  const query = `SELECT id, tags FROM ${table} WHERE ${where} ORDER BY ${order}`
  const found = database.prepare(query).iterate(...conditions.flatMap(({ values }) => values))
  const rows = found as unknown as Iterable<{ id: number; tags: string }>
  if (!sort?.by.startsWith('tag:')) return Int32Array.from(rows, ({ id }) => id)
  return byTag(rows, sort.by.slice(4), sort.descending)
}

interface Condition {
  readonly where: string
  readonly values: readonly SQLInputValue[]
}

function* conditionsOf({ split, find, faulty, tag }: Omit<SetView, 'sort'>): Generator<Condition, void> {
  if (split) yield { where: 'split = ?', values: [split] }
  if (faulty) yield { where: 'fault IS NOT NULL', values: [] }
  if (find) {
    // What is searched is JSON: what it escapes is escaped here too.
    const needle = JSON.stringify(find).slice(1, -1).toLowerCase()
    const text = 'lower(inputs || char(10) || target || char(10) || tags || char(10) || note)'
    yield { where: `instr(${text}, ?) > 0`, values: [needle] }
  }
  if (tag) {
    const path = `$.${JSON.stringify(tag.name)}`
    if ('is' in tag) yield { where: 'json_extract(tags, ?) = ?', values: [path, tag.is] }
    else yield { where: 'CAST(json_extract(tags, ?) AS REAL) BETWEEN ? AND ?', values: [path, tag.from, tag.to] }
  }
}

/** Rows without the tag come last, whichever way. */
function byTag(
  rows: Iterable<{ id: number; tags: string }>,
  tag: string,
  descending: boolean,
): Int32Array<ArrayBuffer> {
  const tagged = Array.from(rows, ({ id, tags }) => ({ id, value: (JSON.parse(tags) as Tags)[tag] }))
  const order = tagOrder(tagged.flatMap(({ value }) => value ?? []))
  tagged.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
    return descending ? order(b, a) : order(a, b)
  })
  return Int32Array.from(tagged, ({ id }) => id)
}
