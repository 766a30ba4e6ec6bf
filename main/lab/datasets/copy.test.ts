import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SetHeader, setLimits } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { copied } from './copy.ts'
import { type StoredRow, writeRow } from './rows.ts'

const header = (input: object) => parse(SetHeader, input, 'message-invalid', 'test')
const row = (inputs: unknown, target: unknown = null) =>
  writeRow({ inputs: inputs as never, target: target as never, split: 'train', tags: {}, note: '' })
const text = async (head: SetHeader, ...rows: StoredRow[]) => (await copied(head, rows)).text

test('rows are lines with the answer behind a tab, and lists where plain text would be read as something else', async () => {
  const words = header({ inputs: 'tokens', target: 'class' })
  expect(await text(words, row(['the', 'cat'], 'was'), row(['New York', 'is']), row([], 'x'))).toBe(
    'the cat\twas\n["New York","is"]\t\n[]\tx',
  )
  const characters = header({ inputs: 'tokens', target: 'next', tokenizer: { id: 'characters' } })
  expect(await text(characters, row(['辣', '。']), row(['a', '\n']))).toBe('辣。\n["a","\\n"]')
  const labels = header({ inputs: 'tokens', target: 'every-step' })
  expect(await text(labels, row(['a', 'b'], ['X', 'Y']), row(['a', 'b'], ['?', null]))).toBe(
    'a b\tX Y\na b\t["?",null]',
  )
  const series = header({ inputs: 'numbers', target: 'value', channels: ['x', 'y'] })
  expect(
    await text(
      series,
      row(
        [
          [1, null],
          [0.1, 2],
        ],
        0.5,
      ),
    ),
  ).toBe('1 ?, 0.1 2\t0.5')
})

test('what is copied stops at a bound, and says how far it came', async () => {
  const words = header({ inputs: 'tokens', target: 'class' })
  const endless = function* () {
    for (;;) yield row(['a'])
  }
  expect((await copied(words, endless())).rows).toBe(setLimits.copied.rows)
  const long = row(['a'.repeat(200)].concat(Array.from({ length: 100_000 }, () => 'bcd')))
  const many = await copied(
    words,
    Array.from({ length: 100 }, () => long),
  )
  expect(many.rows).toBe(Math.floor(setLimits.copied.characters / (long.steps * 4 + 197 + 1)))
})

test('a line holds a row, whatever its tokens are', async () => {
  const ids = ['characters', 'whitespace', 'words'] as const
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ids), fc.array(fc.array(fc.string({ minLength: 1 }))), async (id, rows) => {
      const head = header({ inputs: 'tokens', target: 'next', tokenizer: { id } })
      const { text, rows: count } = await copied(
        head,
        rows.map((tokens) => row(tokens)),
      )
      expect(count).toBe(rows.length)
      expect(rows.length ? text.split('\n').length : 0).toBe(rows.length)
    }),
  )
})
