import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ColumnRole, ImportSettings } from '../../../../shared/import.ts'
import { mixedTag } from '../../../../shared/insight.ts'
import { ndarray } from '../../../../shared/ndarray.ts'
import { writeNpz } from '../../../../shared/npz.ts'
import { readRow, type StoredRow } from '../rows.ts'
import { interpolated } from './cells.ts'
import { previewOf } from './import.ts'
import { problemOf, readAll } from './reading.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const vega = (file: string) => new URL(`../../../../node_modules/vega-datasets/data/${file}`, import.meta.url).pathname

const rolesOf = ({ columns }: ImportSettings) => Object.fromEntries(columns.map(({ name, role }) => [name, role]))
const withRoles = (
  settings: ImportSettings,
  roles: { readonly [name: string]: ColumnRole },
  rest: Partial<ImportSettings> = {},
): ImportSettings => ({
  ...settings,
  columns: settings.columns.map(({ name, role }) => ({ name, role: roles[name] ?? role })),
  ...rest,
})

describe('guesses', () => {
  it('a real table in long layout: groups, time, what is measured', async () => {
    const { settings, rows, problem: wrong, reasons } = await previewOf(vega('stocks.csv'), 'stocks.csv')
    expect(rolesOf(settings)).toEqual({ symbol: 'group', date: 'time', price: 'input' })
    expect(settings).toMatchObject({
      layout: 'long',
      inputs: 'numbers',
      window: { size: 24 },
      split: { by: 'time', tag: 'step' },
    })
    expect(reasons).toContainEqual({ about: 'layout', key: 'groups', values: { column: 'symbol', groups: 5 } })
    expect(wrong).toBeUndefined()
    expect(rows[0]).toMatchObject({ tags: { symbol: 'MSFT', step: '1' } })
    const all = await readAll(vega('stocks.csv'), { ...settings, window: null })
    expect(all.map(({ steps, tags }) => [JSON.parse(tags).symbol, steps])).toEqual([
      ['MSFT', 123],
      ['AMZN', 123],
      ['IBM', 123],
      ['GOOG', 68],
      ['AAPL', 123],
    ])
    const windows = await readAll(vega('stocks.csv'), { ...settings, window: { size: 10, stride: 5, horizon: 2 } })
    const price = readRow(all[0] as StoredRow).inputs as number[]
    expect(readRow(windows[1] as StoredRow)).toMatchObject({
      inputs: price.slice(5, 15),
      target: price[16],
      tags: { step: '6' },
    })
  })

  it('weather of one place is one series, though its kinds repeat', async () => {
    const { settings } = await previewOf(vega('seattle-weather.csv'), 'seattle-weather.csv')
    expect(rolesOf(settings)).toMatchObject({ date: 'time', wind: 'input', weather: 'ignore' })
  })

  it('say of every column that is not used which rule passed it over', async () => {
    const unused = async (name: string, content: string) => {
      const { settings, reasons } = await previewOf(await write(name, content), name)
      const why = reasons.flatMap(({ about, key, values }) => (about === 'unused' ? [[values?.column, key]] : []))
      const ignored = settings.columns.flatMap((column) => (column.role === 'ignore' ? [column.name] : []))
      expect(why.map(([column]) => column)).toEqual(ignored)
      return Object.fromEntries(why)
    }
    const steps = Array.from({ length: 40 }, (_, k) => `${k},${k % 7},${k % 2 ? 'dry' : 'wet'},,${k % 3},${k % 5}\n`)
    expect(await unused('steps.csv', `day,wind,sky,left,label,output\n${steps.join('')}`)).toEqual({
      sky: 'texts',
      left: 'empty',
      output: 'named-answer',
    })
    const lists = '{"x":[1,2],"other":[3,4],"by":"A"}\n{"x":[2,1],"other":[4,3],"by":"B"}\n'
    expect(await unused('lists.jsonl', lists)).toEqual({ other: 'beside-list', by: 'beside-list' })
    expect(await unused('all.csv', 'text,label\nthe cats were here,plural\nthe cat was here,singular\n')).toEqual({})
  })

  it('Chinese lines, in UTF-8 or GB18030, as characters', async () => {
    const lines = '今天天气很好\n我喜欢吃辣的菜\n这块糖很甜\n冰糖葫芦真好吃\n下雪了\n'
    const { settings, rows } = await previewOf(await write('zh.txt', lines), 'zh.txt')
    expect(settings).toMatchObject({
      format: 'text',
      encoding: 'utf-8',
      layout: 'wide',
      tokenizer: { id: 'characters' },
      target: 'next',
    })
    expect(rows.map(({ inputs }) => inputs)[4]).toEqual(['下', '雪', '了'])
    const gb = Uint8Array.from('cfc2d1a9c1cb0a'.repeat(5).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
    const other = await previewOf(await write('gb.txt', gb), 'gb.txt')
    expect([other.settings.encoding, other.rows[0]?.inputs]).toEqual(['gb18030', ['下', '雪', '了']])
  })

  it('sentences with labels, and columns that are steps', async () => {
    const sentences =
      'text,label,who\nthe cats were here,plural,a\nthe cat was here,singular,b\n"a dog, too",singular,a\nsome dogs ran,plural,b\n'
    const { settings, rows } = await previewOf(await write('s.csv', sentences), 's.csv')
    expect(rolesOf(settings)).toEqual({ text: 'input', label: 'target', who: 'tag' })
    expect(rows[2]).toMatchObject({ inputs: ['a', 'dog', ',', 'too'], target: 'singular', tags: { who: 'a' } })
    const wide = `${Array.from({ length: 10 }, (_, k) => `t${k}`).join(';')};class\n${'1;2;3;4;5;6;7;8;9;10;up\n3;2;1;3;2;1;3;2;1;0;down\n'.repeat(3)}`
    const steps = await previewOf(await write('w.csv', wide), 'w.csv')
    expect(steps.settings).toMatchObject({ delimiter: ';', layout: 'wide', target: 'class' })
    expect(steps.rows[0]).toMatchObject({ inputs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], target: 'up' })
  })

  it('a text whose lines have tabs is a table, also where a line is not like the others', async () => {
    const lines = Array.from(
      { length: 30 },
      (_, k) => `今天${'很'.repeat(1 + (k % 5))}${k % 2 ? '高兴' : '难过'}第${k}天\t${k % 2 ? '喜' : '悲'}\n`,
    )
    const { settings, rows, reasons } = await previewOf(await write('mood.txt', lines.join('')), 'mood.txt')
    expect(settings).toMatchObject({ format: 'csv', delimiter: '\t', header: false, target: 'class' })
    expect(reasons).toContainEqual({ about: 'header', key: 'repeats', values: { text: '悲' } })
    expect(rows[0]).toMatchObject({ inputs: [...'今天很难过第0天'], target: '悲' })
    const broken = await write('broken.tsv', [...lines.slice(0, 5), '没有标签\n', ...lines.slice(5)].join(''))
    const { settings: of, reasons: why } = await previewOf(broken, 'broken.tsv')
    expect(why).toContainEqual({ about: 'delimiter', key: 'tab' })
    expect((await readAll(broken, of)).map(({ target }) => target).slice(4, 7)).toEqual(['"悲"', 'null', '"喜"'])
  })

  it('a sequence whose rows do not agree on its answer is told, and the last one that is given is taken', async () => {
    const lines = ['A,0,up', 'A,1,', 'B,2,up', 'A,3,down', 'B,1,down', 'A,2,', 'C,5,up']
    const table = `id,t,y\n${lines.map((line, k) => line.replace(/,(?=[^,]*$)/, `,${k},`)).join('\n')}\n`
    const path = await write('mixed.csv', table.replace('id,t,y', 'id,t,x,y'))
    const { settings, mixed } = await previewOf(path, 'mixed.csv')
    expect(settings).toMatchObject({ layout: 'long', target: 'class', window: null })
    expect(mixed).toEqual({ sequences: 2, first: { group: 'A', line: 5, says: 'down', before: 'up' } })
    const rows = (await readAll(path, settings)).map(readRow)
    expect(rows.map(({ target, tags }) => [target, tags])).toEqual([
      ['down', { id: 'A', [mixedTag]: '["up","down"]' }],
      ['up', { id: 'B', [mixedTag]: '["up","down"]' }],
      ['up', { id: 'C' }],
    ])
    const asSteps = await previewOf(path, 'mixed.csv', { ...settings, target: 'next' })
    expect(asSteps.mixed).toBeUndefined()
  })

  it('a column of numbers stays one where a cell is none, which can be taken for a missing one', async () => {
    const table = `人,步骤,心率\n${Array.from({ length: 60 }, (_, k) => `${k < 30 ? '甲' : '乙'},${k % 30},${k === 40 ? '缺' : 60 + k}\n`).join('')}`
    const { settings, problem: wrong } = await previewOf(await write('heart.csv', table), 'heart.csv')
    expect(rolesOf(settings)).toEqual({ 人: 'group', 步骤: 'time', 心率: 'input' })
    expect(wrong).toMatchObject({ code: 'csv-not-a-number', details: { line: 42, value: '缺' } })
    const marked = { ...settings, marks: ['缺'], missing: 'keep' as const, window: null, target: 'next' as const }
    const all = await readAll(join(folder, 'heart.csv'), marked)
    expect(all.map(({ steps, inputs }) => [steps, JSON.parse(inputs).includes(null)])).toEqual([
      [30, false],
      [30, true],
    ])
  })

  it('JSON lines, JSON, and arrays of NumPy', async () => {
    const lines = '{"tokens":["a","b"],"label":"x","split":"dev"}\n{"tokens":["b"],"label":"y","split":"test"}\n'
    const { settings, rows } = await previewOf(await write('a.jsonl', lines), 'a.jsonl')
    expect([settings.format, rows]).toMatchObject([
      'jsonl',
      [
        { inputs: ['a', 'b'], target: 'x', split: 'validation' },
        { inputs: ['b'], split: 'test' },
      ],
    ])
    const json = await previewOf(await write('a.json', '{"rows":[{"values":[1,null,3],"y":2}]}'), 'a.json')
    expect([json.settings.missing, json.problem?.code]).toEqual(['refuse', 'csv-not-a-number'])
    const drawn = await previewOf(join(folder, 'a.json'), 'a.json', { ...json.settings, missing: 'interpolate' })
    expect(drawn.rows).toMatchObject([{ inputs: [1, 2, 3], target: 2 }])
    const npz = writeNpz({
      inputs: ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 0)),
      lengths: ndarray([2], Int32Array.of(3, 2)),
      targets: ndarray([2, 1], Float32Array.of(0.5, 0.25)),
    })
    const arrays = await previewOf(await write('a.npz', npz), 'a.npz')
    const own = withRoles(
      arrays.settings,
      { inputs: 'input', targets: 'target', lengths: 'ignore' },
      { target: 'value' },
    )
    const read = await previewOf(join(folder, 'a.npz'), 'a.npz', own)
    expect(read.rows.map(({ inputs }) => inputs)).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })
})

describe('missing numbers', () => {
  const table = 'id,x\na,\na,1\na,NA\na,4\nb,7\nb,-\n'
  it.each([
    [
      'keep',
      [
        [null, 1, null, 4],
        [7, null],
      ],
    ],
    ['drop', [[1, 4], [7]]],
    [
      'previous',
      [
        [1, 1, 1, 4],
        [7, 7],
      ],
    ],
    [
      'interpolate',
      [
        [1, 1, 2.5, 4],
        [7, 7],
      ],
    ],
  ] as const)('%s', async (missing, expected) => {
    const path = await write('m.csv', table)
    const { settings } = await previewOf(path, 'm.csv')
    const rows = await readAll(path, { ...settings, missing, window: null, split: null })
    expect(rows.map((row) => readRow(row).inputs)).toEqual(expected)
  })

  it('are refused with their line, as are texts among numbers', async () => {
    const path = await write('m.csv', table)
    const { settings } = await previewOf(path, 'm.csv')
    expect(await problemOf(readAll(path, { ...settings, missing: 'refuse' }))).toMatchObject({
      code: 'csv-not-a-number',
      details: { line: 2 },
    })
    const text = await write('n.csv', `${table}b,many\n`)
    expect(await problemOf(readAll(text, { ...settings, missing: 'keep' }))).toMatchObject({
      details: { line: 8, column: 'x', value: 'many' },
    })
  })

  it('between two neighbours lie on their line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 12 }),
        (numbers) => {
          const isGiven = (value: number) => !Number.isNaN(value)
          const filled = interpolated(numbers)
          if (!numbers.some(isGiven)) {
            expect(filled).toEqual(numbers)
            return
          }
          for (const [k, value] of filled.entries()) {
            if (isGiven(numbers[k] as number)) expect(value).toBe(numbers[k])
            const before = numbers.slice(0, k).findLast(isGiven)
            const after = numbers.slice(k).find(isGiven)
            const ends = [before ?? after, after ?? before].sort((a, b) => Number(a) - Number(b))
            expect(value).toBeGreaterThanOrEqual(Number(ends[0]) - 1e-9)
            expect(value).toBeLessThanOrEqual(Number(ends[1]) + 1e-9)
          }
        },
      ),
    )
  })
})
