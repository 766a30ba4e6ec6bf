import { expect, it } from 'vitest'
import { type Insight, mixedTag } from '../../../shared/insight.ts'
import { SetHeader } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { nearest } from './fixes.ts'
import { Looker } from './insight.ts'
import { allowedBy, faultOf, storeRow } from './rows.ts'

function look(input: object, rows: readonly object[]): Insight {
  const header = parse(SetHeader, input, 'row-invalid', 'test')
  const looker = new Looker(header)
  const judged = rows.map((row, k) => {
    const stored = storeRow(header, row, 'row')
    return { ...stored, id: 10 + k, position: k, fault: faultOf(header, stored, allowedBy(header)) }
  })
  for (const row of judged) looker.look(row)
  for (const [k, row] of judged.entries()) looker.lookAgain(row, k + 1)
  return looker.result(1)
}
const brief = ({ problems }: Insight) =>
  problems.map(({ kind, number, step, value, fixes }) => [
    kind,
    number,
    step,
    value,
    fixes.map(({ key, by }) => by ?? key),
  ])

it('tells what is wrong with tokens and labels, and how to put it right', () => {
  const header = { inputs: 'tokens', target: 'class', vocabulary: ['the', 'cats', 'ate'], classes: ['was', 'were'] }
  const found = look(header, [
    { inputs: ['the', 'cats'], target: 'were' },
    { inputs: ['the', 'aet'], target: 'was' },
    { inputs: ['the'], target: 'wer' },
    { inputs: [], target: 'was' },
    { inputs: ['cats'] },
    { inputs: ['the', 'cats'], target: 'were' },
    { inputs: ['the', 'cats'], target: 'was', split: 'test' },
  ])
  expect(brief(found)).toEqual([
    ['unknown-token', 2, 2, 'aet', ['ate', 'allow']],
    ['unknown-class', 3, undefined, 'wer', ['were', 'allow']],
    ['empty', 4, undefined, undefined, ['remove']],
    ['no-target', 5, undefined, undefined, ['remove']],
    ['repeated', 6, undefined, '1', ['remove']],
    ['leak', 7, undefined, '1', ['remove', 'train']],
  ])
  expect(found.problems[0]?.fixes[0]?.edit).toEqual({
    do: 'replace',
    in: 'inputs',
    find: 'aet',
    by: 'ate',
    ids: Int32Array.of(11),
  })
  expect(found.lengths).toEqual([
    [0, 1],
    [1, 2],
    [2, 4],
  ])
  expect(found.tokens[0]).toEqual(['the', 5])
  expect(found.labels.map(({ label }) => label)).toEqual(['was', 'were', 'wer'])
})

it('finds what no training row can teach, and what is rare', () => {
  const found = look({ inputs: 'tokens', target: 'class' }, [
    ...Array.from({ length: 30 }, (_, k) => ({ inputs: [`a${k}`], target: 'often' })),
    { inputs: ['b'], target: 'once' },
    { inputs: ['c'], target: 'never', split: 'test' },
  ])
  expect([found.unlearnable, found.rare]).toEqual([['never'], ['once', 'never']])
})

it('finds numbers far out by what the training rows show, gaps, and sequences that are unusually long', () => {
  const calm = Array.from({ length: 40 }, (_, k) => ({ inputs: [k % 5, (k + 1) % 5, k % 3, k] }))
  const found = look({ inputs: 'numbers', target: 'next', channels: ['x'] }, [
    ...calm,
    { inputs: [1, 1e6], split: 'test' },
    { inputs: [1, null, 3] },
    { inputs: Array.from({ length: 30 }, (_, k) => k % 4) },
  ])
  expect(brief(found)).toEqual([
    ['missing-value', 42, 2, undefined, ['interpolate', 'remove']],
    ['outlier', 41, 2, '1000000', ['remove']],
    ['far-off', 43, undefined, '30', ['remove']],
  ])
  expect(found.problems[0]?.fixes[0]?.edit).toEqual({
    do: 'set',
    cells: [{ id: 51, field: 'inputs', value: [1, 2, 3] }],
  })
})

it('takes the nearest word, and none that is far away', () => {
  expect(nearest('aet', ['then', 'ate', 'the'])).toBe('ate')
  expect(nearest('ctas', ['cat', 'cats', 'dogs'])).toBe('cats')
  expect(nearest('糖', ['糕', '冰糖'])).toBeUndefined()
  expect(nearest('冰唐', ['糕', '冰糖'])).toBe('冰糖')
  expect(nearest('zebra', ['cat', 'dog'])).toBeUndefined()
})

it('counts what tags say: numbers by size, words by how often they occur', () => {
  const header = { inputs: 'tokens', target: 'next' }
  const tags = [{ distance: '10', from: 'me' }, { distance: '9', from: 'you' }, { distance: '10', from: 'you' }, {}]
  const found = look(
    header,
    tags.map((each, k) => ({ inputs: ['a', String(k)], tags: each })),
  )
  expect(found.tags).toEqual([
    {
      name: 'distance',
      isWhole: true,
      values: [
        ['9', 1],
        ['10', 2],
      ],
      distinct: 2,
    },
    {
      name: 'from',
      isWhole: false,
      values: [
        ['you', 2],
        ['me', 1],
      ],
      distinct: 2,
    },
  ])
})

it('asks which answer is right where the rows of a file did not agree, until that is settled', () => {
  const header = { inputs: 'tokens', target: 'class' }
  const tags = { speaker: 'A', [mixedTag]: '["up","down"]' }
  const found = look(header, [
    { inputs: ['a'], target: 'down', tags },
    { inputs: ['b'], target: 'up', tags: { [mixedTag]: 'a text of a person' } },
    { inputs: ['c'], target: null, tags: { [mixedTag]: '["up","down"]' } },
  ])
  expect(brief(found)).toEqual([
    ['mixed-answers', 1, undefined, 'up, down', ['down', 'up', 'remove']],
    ['mixed-answers', 3, undefined, 'up, down', ['up', 'down', 'remove']],
    ['no-target', 3, undefined, undefined, ['remove']],
  ])
  expect(found.tags).toMatchObject([{ name: 'speaker' }, { name: mixedTag, values: [['a text of a person', 1]] }])
  expect(found.problems[0]?.fixes[1]?.edit).toEqual({
    do: 'set',
    cells: [
      { id: 10, field: 'target', value: 'up' },
      { id: 10, field: 'tags', value: { speaker: 'A' } },
    ],
  })
})
