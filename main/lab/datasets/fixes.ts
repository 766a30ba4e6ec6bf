import { answersSaid, type Fix, mixedTag, type Problem } from '../../../shared/insight.ts'
import type { SetHeader, Tags } from '../../../shared/sequences.ts'
import type { PlacedRow } from './change.ts'
import { interpolated } from './import/cells.ts'

/** Words that a typing error is looked for among. */
const most = 20_000

/** What can be done about a problem with one click, the likeliest first. */
export function fixesOf(
  header: SetHeader,
  kind: Problem['kind'],
  row: PlacedRow & { readonly id: number },
  { value }: Pick<Problem, 'value'>,
): Fix[] {
  const { id, inputs } = row
  const remove: Fix = { key: 'remove', edit: { do: 'remove', ids: Int32Array.of(id) } }
  const ids = Int32Array.of(id)
  switch (kind) {
    case 'unknown-token': {
      const vocabulary = (header.inputs === 'tokens' && header.vocabulary) || []
      const near = nearest(value ?? '', vocabulary)
      return [
        ...(near === undefined
          ? []
          : [
              {
                key: 'replace',
                by: near,
                edit: { do: 'replace', in: 'inputs', find: value ?? '', by: near, ids },
              } as const,
            ]),
        { key: 'allow', edit: { do: 'allow', vocabulary: [...vocabulary, value ?? ''] } },
      ]
    }
    case 'unknown-class': {
      const near = nearest(value ?? '', header.classes ?? [])
      return [
        ...(near === undefined
          ? []
          : [
              {
                key: 'replace',
                by: near,
                edit: { do: 'replace', in: 'target', find: value ?? '', by: near, ids },
              } as const,
            ]),
        { key: 'allow', edit: { do: 'allow', classes: [...(header.classes ?? []), value ?? ''] } },
      ]
    }
    case 'missing-value': {
      const filled = filledInputs(inputs)
      if (!filled) return [remove]
      return [{ key: 'interpolate', edit: { do: 'set', cells: [{ id, field: 'inputs', value: filled }] } }, remove]
    }
    case 'leak':
      return [remove, { key: 'train', edit: { do: 'set', cells: [{ id, field: 'split', value: 'train' }] } }]
    case 'mixed-answers':
      return [...answersOf(row), remove]
    default:
      return [remove]
  }
}

/** The answer that was taken stays, or another one that the file says takes its place; then nothing is in doubt. */
function answersOf({ id, target, tags: json }: PlacedRow & { readonly id: number }): Fix[] {
  const { [mixedTag]: said, ...tags } = JSON.parse(json) as Tags
  const settled = { id, field: 'tags', value: tags } as const
  const taken = JSON.parse(target) as string | number | null
  const others = answersSaid(said).filter((answer) => answer !== taken)
  const keep: Fix = { key: 'keep', by: String(taken), edit: { do: 'set', cells: [settled] } }
  return [
    ...(taken === null ? [] : [keep]),
    ...others.slice(0, 2).map((value): Fix => {
      const cells = [{ id, field: 'target' as const, value }, settled]
      return { key: 'replace', by: String(value), edit: { do: 'set', cells } }
    }),
  ]
}

/** Inputs with missing numbers on the line between their neighbours; undefined where a channel has none at all. */
function filledInputs(json: string): unknown[] | undefined {
  const inputs = JSON.parse(json) as (number | null | (number | null)[])[]
  const width = inputs.reduce<number>((widest, step) => Math.max(widest, Array.isArray(step) ? step.length : 1), 1)
  const channels = Array.from({ length: width }, (_, d) =>
    interpolated(inputs.map((step) => (Array.isArray(step) ? step[d] : step) ?? Number.NaN)),
  )
  if (channels.some((channel) => channel.some(Number.isNaN))) return undefined
  return inputs.map((step, t) => (Array.isArray(step) ? channels.map((channel) => channel[t]) : channels[0]?.[t]))
}

/** The text that differs least, by at most two letters; of short ones by one, and a single letter is like no other. */
export function nearest(text: string, among: readonly string[]): string | undefined {
  const size = [...text].length
  if (size < 2) return undefined
  const limit = size < 4 ? 1 : 2
  let best: { readonly text: string; readonly distance: number } | undefined
  for (const other of among.slice(0, most)) {
    if (Math.abs(other.length - text.length) > limit) continue
    const distance = edits(text, other)
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { text: other, distance }
  }
  return best?.text
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function edits(a: string, b: string): number {
  const [from, to] = [[...a], [...b]]
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, k) => k)
  for (const [i, letter] of from.entries()) {
    const row = [i + 1]
    for (const [j, other] of to.entries()) {
      const replaced = (last[j] as number) + (letter === other ? 0 : 1)
      const swapped =
        i > 0 && j > 0 && letter === to[j - 1] && from[i - 1] === other
          ? (before[j - 1] as number) + 1
          : Number.POSITIVE_INFINITY
      row.push(Math.min(replaced, swapped, (last[j + 1] as number) + 1, (row[j] as number) + 1))
    }
    before = last
    last = row
  }
  return last[to.length] as number
}
