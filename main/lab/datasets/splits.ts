import { LabError } from '../../../shared/errors.ts'
import type { Part, Splitting } from '../../../shared/sequences.ts'
import { type Random, randomStream } from '../../engine/random.ts'

/** Of a row: its target as JSON text for strata, else its tag that is named; null where there is none. */
export type SplitKey = string | null

/** A row as a splitting looks at it. */
export interface SplitRow {
  readonly id: number
  readonly split: Part
  readonly key: SplitKey
}

/**
 * Which part every row is in, rows being counted; the same keys, shares and seed give the same. Sizes are exact to a
 * row (of whole groups: to a group). Throws `spec-invalid` where shares leave nothing to train on, or the tag is missing.
 */
export function assignParts(keys: readonly SplitKey[], how: Splitting): Part[] {
  checkShares(how)
  const random = randomStream(how.seed, `split ${how.by}`)
  const rows = [...keys.keys()]
  switch (how.by) {
    case 'random':
      return cut(shuffled(rows, random), how)
    case 'stratified': {
      const strata = Map.groupBy(rows, (row) => keys[row])
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
      const groups = Map.groupBy(rows, (row) => tagOf(row, keys, how))
      checkGroups(groups.size, how)
      return cutGroups(shuffled([...groups.values()], random), rows.length, how)
    }
    case 'time': {
      if (how.tag === undefined) return cut(rows.reverse(), how)
      const times = rows.map((row) => tagOf(row, keys, how))
      const order = tagOrder(times)
      rows.sort((a, b) => order(times[a] as string, times[b] as string))
      return cut(rows.reverse(), how)
    }
  }
}

/** The rows that another part gets than they are in. Throws what `assignParts` throws. */
export function splitting(rows: readonly SplitRow[], how: Splitting): { id: number; from: Part; to: Part }[] {
  const assigned = assignParts(
    rows.map(({ key }) => key),
    how,
  )
  return rows.flatMap(({ id, split }, k) => {
    const to = assigned[k] as Part
    return split === to ? [] : [{ id, from: split, to }]
  })
}

/** Throws `spec-invalid` where shares leave nothing to train on. */
export function checkShares({ validation, test }: Splitting): void {
  if (validation + test < 1) return
  const details = { field: 'test', value: test, limit: 1 - validation }
  throw new LabError('spec-invalid', 'Validation and test leave nothing to train on.', 'Make them smaller.', details)
}

/** Throws `spec-invalid` where there are fewer groups than parts. */
function checkGroups(groups: number, { validation, test, tag = '' }: Splitting): void {
  const parts = 1 + Number(validation > 0) + Number(test > 0)
  if (groups >= parts) return
  const message = `The tag "${tag}" tells ${groups} groups apart, but there are ${parts} parts.`
  throw new LabError('spec-invalid', message, 'Choose another tag, or fewer parts.', { field: 'tag', value: tag })
}

/** The order of a tag's values: by size where all are numbers, else by character, as dates like 2026-11-27 are in order. */
export function tagOrder(values: readonly string[]): (a: string, b: string) => number {
  const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text))
  if (values.every(isNumber)) return (a, b) => Number(a) - Number(b)
  return (a, b) => (a < b ? -1 : a > b ? 1 : 0)
}

function tagOf(row: number, keys: readonly SplitKey[], { tag = '' }: Splitting): string {
  const key = keys[row]
  if (typeof key === 'string') return key
  const message = tag ? `Row ${row + 1} has no tag "${tag}".` : 'No tag is named.'
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
function cut(rows: readonly number[], { validation, test }: Shares): Part[] {
  const tests = Math.round(rows.length * test)
  const held = tests + Math.round(rows.length * validation)
  const assigned = new Array<Part>(rows.length).fill('train')
  for (const row of rows.slice(0, tests)) assigned[row] = 'test'
  for (const row of rows.slice(tests, held)) assigned[row] = 'validation'
  return assigned
}

/**
 * Whole groups. The largest trains; each of the others goes to the part that lacks most of its share, where that brings
 * it nearer to it, else it trains too. The last ones are kept for parts that are still without any.
 */
function cutGroups(groups: readonly (readonly number[])[], count: number, { validation, test }: Shares): Part[] {
  const assigned = new Array<Part>(count).fill('train')
  const largest = groups.reduce((most, group) => (group.length > most.length ? group : most))
  const others = groups.filter((group) => group !== largest)
  const held = (
    [
      ['test', test],
      ['validation', validation],
    ] as const
  )
    .filter(([, share]) => share > 0)
    .map(([part, share]) => ({ part, wanted: share * count, left: share * count }))
  for (const [k, group] of others.entries()) {
    held.sort((a, b) => b.left / b.wanted - a.left / a.wanted)
    const [needy] = held
    const empty = held.filter(({ left, wanted }) => left === wanted).length
    if (!needy || (group.length >= 2 * needy.left && others.length - k > empty)) continue
    needy.left -= group.length
    for (const row of group) assigned[row] = needy.part
  }
  return assigned
}
