import { expect, test } from 'vitest'
import { type Insight, mixedTag } from '../../../shared/insight.ts'
import { type SequenceRow, SetHeader, type ShownRow } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { channelLine, channelsShown } from '../../viz/channels.ts'
import { lengthBars } from './bars.ts'
import { type Column, cellEdit, cellText, columnsOf, pastedRows, unreadable } from './cells.ts'
import { dialsOf, turned } from './dials.ts'
import { rowText, seriesOf } from './preview.ts'
import { shownText } from './shown-text.ts'
import { knownIn, suggestions } from './suggest.ts'

const header = (input: object) => parse(SetHeader, input, 'message-invalid', 'test')
const words = header({ inputs: 'tokens', target: 'class' })
const series = header({ inputs: 'numbers', target: 'value', channels: ['x'] })
const row: ShownRow = {
  id: 7,
  number: 3,
  inputs: ['the', 'cat'],
  target: 'was',
  split: 'train',
  tags: { from: 'me' },
  note: '',
  steps: 2,
}
const step = (at: number): Column => ({ key: `step ${at}`, field: 'inputs', step: at, width: 1 })
const field = (name: 'target' | 'split' | 'tags' | 'inputs'): Column => ({ key: name, field: name, width: 1 })
const edited = (head: SetHeader, column: Column, typed: string, of = row) => {
  const edit = cellEdit(head, of, column, typed)
  return edit?.do === 'set' ? edit.cells[0]?.value : undefined
}

test('a token is replaced, several stand in its place, none takes it away, one behind the end is added', () => {
  expect(edited(words, step(1), 'cats')).toEqual(['the', 'cats'])
  expect(edited(words, step(1), ' small  cat ')).toEqual(['the', 'small', 'cat'])
  expect(edited(words, step(0), '')).toEqual(['cat'])
  expect(edited(words, step(2), 'was')).toEqual(['the', 'cat', 'was'])
  // An empty row takes a sentence, which the lab cuts.
  expect(edited(words, step(0), 'a b', { ...row, inputs: [], steps: 0 })).toBe('a b')
})

test('other fields are read as what they are, or not at all', () => {
  expect([edited(words, field('split'), 'Te'), edited(words, field('split'), '验证')]).toEqual(['test', 'validation'])
  expect(cellEdit(words, row, field('split'), 'x')).toBeUndefined()
  expect(edited(words, field('tags'), 'a=1，b = c')).toEqual({ a: '1', b: 'c' })
  expect(cellEdit(words, row, field('tags'), 'a')).toBeUndefined()
  expect([edited(series, field('target'), '−2.5'), edited(series, field('target'), '')]).toEqual([-2.5, null])
  expect(cellEdit(series, row, field('target'), 'many')).toBeUndefined()
  expect(edited(series, field('inputs'), '1, ? 3')).toEqual([1, null, 3])
  expect(cellEdit(words, row, { key: 'number', field: 'number', width: 1 }, '9')).toBeUndefined()
})

test('what cannot be read says what can', () => {
  const two = header({ inputs: 'numbers', target: 'class', channels: ['heart', 'stress'] })
  expect(unreadable('70 80 90', en, two)).toMatchObject({
    message: '“70 80 90” is not what belongs there.',
    hint: 'There belong: heart stress, for every step, with commas between: 1 2, 3 4.',
  })
  expect(unreadable('many', en).hint).toBe('')
})

test('lines of a spreadsheet are rows', () => {
  expect(pastedRows(words, 'the cat\twas\r\n\r\nthe cats\twere\n')).toEqual([
    { inputs: 'the cat', target: 'was' },
    { inputs: 'the cats', target: 'were' },
  ])
  expect(pastedRows(series, '1\t2\t3\n4\t5\t6')).toEqual([
    { inputs: [1, 2], target: 3 },
    { inputs: [4, 5], target: 6 },
  ])
  expect(pastedRows(series, 'a\tb')).toBeUndefined()
})

test('what a cell shows is what an edit of it begins with', () => {
  expect([cellText(row, step(1)), cellText(row, step(5)), cellText(row, field('tags'))]).toEqual(['cat', '', 'from=me'])
  const numbers = { ...row, inputs: { shape: [3, 1], data: Float64Array.of(1, Number.NaN, 2) }, target: 0.5 }
  expect(cellText(numbers, field('inputs'))).toBe('1, ?, 2')
  expect(edited(series, field('inputs'), cellText(numbers, field('inputs')))).toEqual([1, null, 2])
})

test('every token has a column, and one more takes a new one', () => {
  expect(columnsOf({ header: words, longest: 2, rows: 9 }).map(({ key }) => key)).toEqual([
    'number',
    'split',
    'target',
    'step 0',
    'step 1',
    'step 2',
    'tags',
    'note',
  ])
  expect(columnsOf({ header: series, longest: 9, rows: 9 }).map(({ key }) => key)).toEqual([
    'number',
    'split',
    'target',
    'inputs',
    'tags',
    'note',
  ])
})

test('lengths are bars that lose no row', () => {
  expect(
    lengthBars(
      [
        [2, 5],
        [4, 1],
      ],
      10,
    ),
  ).toEqual([
    { from: 2, to: 2, rows: 5 },
    { from: 3, to: 3, rows: 0 },
    { from: 4, to: 4, rows: 1 },
  ])
  const bars = lengthBars(
    [
      [1, 5],
      [50, 2],
      [100, 7],
    ],
    10,
  )
  expect([bars.length, bars.reduce((sum, { rows }) => sum + rows, 0), bars.at(-1)]).toEqual([
    10,
    14,
    { from: 91, to: 100, rows: 7 },
  ])
})

test('of a live set, a version says which dials were turned', () => {
  const recipe = { task: { id: 'parity', length: 12, answer: 'last' }, seed: 1, rows: 100 }
  const after = { ...recipe, task: { ...recipe.task, answer: 'every-step' }, seed: 2 }
  expect(turned(recipe, after, en)).toEqual(['Answer after the last bit → after every bit', 'Seed 1 → 2'])
  expect(dialsOf(recipe, en).map(({ value }) => value)).toEqual(['12', 'after the last bit', '100', '1'])
})

test('while a token is typed, those that begin alike are suggested, and what was there before', () => {
  const insight = {
    tokens: [
      ['the', 9],
      ['Cats', 4],
      ['cat', 2],
    ],
    labels: [{ label: 'was', rows: { train: 2, validation: 1, test: 0 } }],
  } as unknown as Insight
  const texts = (head: SetHeader, typed: string) =>
    suggestions(typed, knownIn(head, step(1), insight) ?? [], 'cat').map(({ text, count }) => [text, count])
  expect(texts(words, 'ca')).toEqual([
    ['Cats', 4],
    ['cat', 2],
  ])
  expect(texts(words, 'x')).toEqual([['cat', 2]])
  expect(texts(words, '').map(([text]) => text)).toEqual(['the', 'Cats', 'cat'])
  // What is typed may be what stood there: it is no less typed for that.
  expect(texts(words, 'cat').map(([text]) => text)).toEqual(['Cats', 'cat'])
  // Of a vocabulary that is fixed, also what does not occur yet.
  expect(texts(header({ inputs: 'tokens', target: 'class', vocabulary: ['camel', 'cat'] }), 'c')).toEqual([
    ['camel', 0],
    ['cat', 2],
  ])
  expect(knownIn(words, field('target'), insight)).toEqual([['was', 3]])
  expect(knownIn(words, field('tags'), insight)).toBeUndefined()
})

test('numbers of a row become a series; tokens and lone numbers do not', () => {
  expect(seriesOf({ inputs: [1, null, 3] })).toEqual({ shape: [3, 1], data: Float64Array.of(1, Number.NaN, 3) })
  expect(
    seriesOf({
      inputs: [
        [1, 2],
        [null, 4],
      ],
    }),
  ).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, Number.NaN, 4) })
  expect(seriesOf({ inputs: Array(200_000).fill(1) })?.shape).toEqual([400, 1])
  for (const inputs of [['a', 'b'], 'a b', [1], []]) expect(seriesOf({ inputs })).toBeUndefined()
})

test('channels are told apart by colour and by dash, a single one is ink', () => {
  const lines = Array.from({ length: channelsShown }, (_, d) => channelLine(d, 6))
  expect(new Set(lines.map(({ colour }) => colour)).size).toBe(channelsShown)
  expect(new Set(lines.map(({ dash }) => dash)).size).toBe(channelsShown)
  expect(channelLine(0, 1)).toEqual({ colour: 'var(--ink-2)', dash: '' })
  const names = ['heart', 'stress']
  const [, , , inputs] = columnsOf({
    header: header({ inputs: 'numbers', target: 'class', channels: names }),
    rows: 9,
    longest: 3,
  })
  expect(inputs).toMatchObject({ key: 'inputs', channels: names })
})

test('tags that the lab gives are read in words, and edited as they are kept, commas and all', () => {
  const tags = { [mixedTag]: '["up","down"]', far: '1', 地点: '北京, 上海', constructor: 'x=y' }
  const tagged = { ...row, tags }
  expect(shownText(tagged, field('tags'), zh)).toBe(
    '文件里的答案=up / down, 看什么=开头的线索, 地点=北京, 上海, constructor=x=y',
  )
  expect(edited(words, field('tags'), cellText(tagged, field('tags')), tagged)).toEqual(tags)
  expect(edited(words, field('tags'), 'a=1，b=2,')).toEqual({ a: '1', b: '2' })
  for (const wrong of ['a', 'a, b=1', '=1']) expect(cellEdit(words, row, field('tags'), wrong)).toBeUndefined()
})

test('a row in one line keeps its answer, whatever its inputs', () => {
  const of = (inputs: unknown, target: unknown = null) =>
    rowText({ inputs, target, split: 'train', tags: {}, note: '' } as SequenceRow)
  expect(of(['the', 'cat'], 'was')).toBe('the cat → was')
  expect(
    of([
      [1, null],
      [2, 3],
    ]),
  ).toBe('(1, ?) (2, 3)')
  expect(of(Array(500).fill(0.123), 'sine')).toMatch(/^(0\.123 )+… \(500\) → sine$/)
  expect(of(['a', 'b'], ['x', null])).toBe('a b → x ?')
})
