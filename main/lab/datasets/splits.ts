import { LabError } from '../../../shared/errors.ts'
import type { Part, Splitting } from '../../../shared/sequences.ts'
import { type Random, randomStream } from '../../engine/random.ts'

/** What a splitting looks at. */
export interface SplitRow {
  readonly id: number
  /** JSON text. */
  readonly target: string
  readonly tags: Readonly<Record<string, string>>
}

/**
 * Which part every row is in; the same rows, shares and seed give the same. Sizes are exact to a row (of whole
 * groups: to a group). Throws `spec-invalid` where shares leave nothing to train on, or the tag is missing.
 */
export function assignParts(rows: readonly SplitRow[], how: Splitting): Map<number, Part> {
  if (how.validation + how.test >= 1) {
    const details = { field: 'test', value: how.test, limit: 1 - how.validation }
    throw new LabError('spec-invalid', 'Validation and test leave nothing to train on.', 'Make them smaller.', details)
  }
  const random = randomStream(how.seed, `split ${how.by}`)
  switch (how.by) {
    case 'random':
      return cut(shuffled(rows, random), how)
    case 'stratified': {
      const strata = Map.groupBy(rows, ({ target }) => target)
      // Dealt out by turns of strata in one order: every prefix has all of them in about their own shares.
      const dealt = [...strata.values()].flatMap((stratum) => {
        const mixed = shuffled(stratum, random)
        return mixed.map((row, k) => ({ row, place: (k + random.uniform()) / mixed.length }))
      })
      return cut(
        dealt.sort((a, b) => a.place - b.place).map(({ row }) => row),
        how,
      )
    }
    case 'group': {
      const groups = Map.groupBy(rows, (row) => tagOf(row, how))
      return cutGroups(shuffled([...groups.values()], random), rows.length, how)
    }
    case 'time': {
      const keyed = how.tag === undefined ? rows : rows.toSorted((a, b) => compareTags(tagOf(a, how), tagOf(b, how)))
      return cut([...keyed].reverse(), { validation: how.validation, test: how.test })
    }
  }
}

/** Numbers by size, else texts by character: dates as 2026-11-27 are in order. */
export function compareTags(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  if (a.trim() !== '' && b.trim() !== '' && Number.isFinite(x) && Number.isFinite(y)) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}

function tagOf({ id, tags }: SplitRow, { tag = '' }: Splitting): string {
  const value = tags[tag]
  if (value !== undefined) return value
  const message = tag ? `Row ${id} has no tag "${tag}".` : 'No tag is named.'
  throw new LabError('spec-invalid', message, 'Choose a tag that every row has.', { field: 'tag', value: tag })
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const mixed = [...list]
  for (let k = mixed.length - 1; k > 0; k--) {
    const other = random.integer(k + 1)
    ;[mixed[k], mixed[other]] = [mixed[other] as T, mixed[k] as T]
  }
  return mixed
}

type Shares = Pick<Splitting, 'validation' | 'test'>

/** The first rows test, the next validate, the rest trains. */
function cut(rows: readonly SplitRow[], { validation, test }: Shares): Map<number, Part> {
  const tests = Math.round(rows.length * test)
  const held = tests + Math.round(rows.length * validation)
  return new Map(rows.map(({ id }, k) => [id, k < tests ? 'test' : k < held ? 'validation' : 'train']))
}

/** Whole groups, until a part has its share. */
function cutGroups(
  groups: readonly (readonly SplitRow[])[],
  count: number,
  { validation, test }: Shares,
): Map<number, Part> {
  const assigned = new Map<number, Part>()
  const left = { test: Math.round(count * test), validation: Math.round(count * validation) }
  for (const group of groups) {
    const part = left.test > 0 ? 'test' : left.validation > 0 ? 'validation' : 'train'
    if (part !== 'train') left[part] -= group.length
    for (const { id } of group) assigned.set(id, part)
  }
  return assigned
}
