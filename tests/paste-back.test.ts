import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copied } from '../main/lab/datasets/copy.ts'
import { storeRow } from '../main/lab/datasets/rows.ts'
import { pastedRows } from '../renderer/features/data/cells.ts'
import { SetHeader } from '../shared/sequences.ts'
import { parse } from '../shared/validation.ts'

const token = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('the', '冰糖', '?', '[a]', 'a b', '\n'),
)
const labels = fc.array(fc.option(token), { maxLength: 6 })
/** A class is typed into one cell of a table. */
const label = fc.constantFrom('was', '甜', '[x]', 'New York', null)
const number = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))
const tokenizers = [{ id: 'characters' }, { id: 'whitespace' }, { id: 'words' }, { id: 'pattern', pattern: '\\w+' }]

/** Headers of every kind, with rows that fit them. */
const kinds = [
  ...tokenizers.flatMap((tokenizer) => [
    { head: { inputs: 'tokens', target: 'class', tokenizer }, inputs: fc.array(token), target: label },
    { head: { inputs: 'tokens', target: 'next', tokenizer }, inputs: fc.array(token), target: fc.constant(null) },
    { head: { inputs: 'tokens', target: 'every-step', tokenizer }, inputs: fc.array(token), target: labels },
  ]),
  { head: { inputs: 'numbers', target: 'value', channels: ['x'] }, inputs: fc.array(number), target: number },
  {
    head: { inputs: 'numbers', target: 'every-step', channels: ['x', 'y'] },
    inputs: fc.array(fc.tuple(number, number)),
    target: fc.array(number),
  },
  { head: { inputs: 'numbers', target: 'next', channels: ['x'] }, inputs: fc.array(number), target: fc.constant(null) },
]

test.each(kinds)('rows that are copied can be pasted: $head', async ({ head, inputs, target }) => {
  const header = parse(SetHeader, head, 'message-invalid', 'test')
  const rows = fc.array(fc.record({ inputs, target }) as fc.Arbitrary<object>, { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const stored = given.map((row) => storeRow(header, row, 'row'))
      const { text, rows: count } = await copied(header, stored)
      expect(count).toBe(given.length)
      const pasted = pastedRows(header, text)?.map((row) => storeRow(header, row, 'row'))
      expect(pasted).toEqual(stored)
    }),
  )
})
