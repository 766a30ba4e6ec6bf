import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import { decode } from './decode.ts'
import { inspectFile, readSource } from './source.ts'
import { parseTable } from './table.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const problem = (act: () => unknown): LabError => {
  try {
    act()
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
/** "人工智能是计算机科学的一个分支。" in GB18030. */
const chinese = Uint8Array.from(
  'c8cb b9a4 d6c7 c4dc cac7 bcc6 cbe3 bbfa bfc6 d1a7 b5c4 d2bb b8f6 b7d6 d6a7 a1a3'.replaceAll(' ', '').match(/../g) ??
    [],
  (byte) => Number.parseInt(byte, 16),
)

describe('decoding', () => {
  it('takes UTF-8, with or without its mark', () => {
    expect(decode(utf8('冰糖很甜\n'), 'a.txt')).toEqual({ text: '冰糖很甜\n', encoding: 'utf-8' })
    expect(decode(utf8('\ufeffabc'), 'a.txt').text).toBe('abc')
  })

  it('recognises GB18030', () => {
    expect(decode(chinese, 'a.txt')).toEqual({ text: '人工智能是计算机科学的一个分支。', encoding: 'gb18030' })
  })

  it('refuses empty, blank and binary files', () => {
    expect(problem(() => decode(new Uint8Array(0), 'a.txt')).code).toBe('file-empty')
    expect(problem(() => decode(utf8(' \n\t\n'), 'a.txt')).code).toBe('file-empty')
    expect(problem(() => decode(Uint8Array.of(65, 0, 66), 'a.txt')).code).toBe('file-binary')
    expect(problem(() => decode(Uint8Array.of(0x89, 0x50, 1, 2, 3, 4), 'a.png')).code).toBe('file-binary')
  })

  it('says where broken UTF-8 breaks', () => {
    const whole = utf8('first line\nsecond 冰糖\n'.repeat(50))
    const at = 11 + 7 + 26 * 20
    const broken = whole.slice()
    broken[at] = 0xff
    const error = problem(() => decode(broken, 'a.txt'))
    expect(error).toMatchObject({ code: 'file-encoding', details: { file: 'a.txt', offset: at } })
    expect(problem(() => decode(Uint8Array.of(...utf8('caf'), 0xe9), 'latin1.txt')).code).toBe('file-encoding')
  })

  it('never fails in another way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(decode(bytes, 'a').text.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(LabError)
        }
      }),
      { numRuns: 300, seed: 1 },
    )
  })
})

describe('tables', () => {
  it('finds the delimiter and the columns of numbers', () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const text = `${['day', 'co2', 'note'].join(delimiter)}\r\n${['1', ' 3.5', 'x'].join(delimiter)}\r\n`
      const table = parseTable(`${text}${['2', '-1e3', ''].join(delimiter)}\n\n`, 'a.csv')
      expect(table.columns).toEqual([
        { name: 'day', values: Float64Array.of(1, 2) },
        { name: 'co2', values: Float64Array.of(3.5, -1000) },
      ])
      expect(table.others).toEqual([{ name: 'note', line: 2, value: 'x' }])
      expect(table.rows).toBe(2)
    }
  })

  it('names the line of a ragged row, also after quoted line breaks', () => {
    const error = problem(() => parseTable('a,b\n1,"x\ny"\n2,z\n3\n', 'a.csv'))
    expect(error).toMatchObject({ code: 'csv-ragged', details: { line: 5, fields: 1, expected: 2 } })
  })

  it('names line, column and value of a text among numbers', () => {
    const error = problem(() => parseTable('a,b\n1,2\n2,n/a\n3,4\n', 'a.csv'))
    expect(error).toMatchObject({ code: 'csv-not-a-number', details: { line: 3, column: 'b', value: 'n/a' } })
    expect(problem(() => parseTable('a,b\n1,1\n\n,2\n3,3', 'a.csv')).message).toMatch(/line 4: the column "a" is empty/)
  })

  it('refuses a table without names, or with one twice', () => {
    expect(problem(() => parseTable('1,2\n3,4\n', 'a.csv')).code).toBe('csv-no-header')
    expect(problem(() => parseTable('a,a\n3,4\n', 'a.csv')).code).toBe('csv-no-header')
    expect(parseTable(',b\n3,4\n', 'a.csv').header).toEqual(['column 1', 'b'])
  })

  it('checks the target of a forecast', () => {
    const task = { id: 'csv', file: 'a.csv', window: 3, horizon: 1 }
    const read = (target: string, text: string) =>
      problem(() => readSource({ ...task, target }, '/tmp/a.csv', utf8(text)))
    const rows = 'day,name,co2\n1,x,2\n2,y,3\n3,z,4\n'
    expect(read('co3', rows)).toMatchObject({ code: 'csv-no-column', hint: 'Its number columns are: day, co2.' })
    expect(read('name', rows)).toMatchObject({ code: 'csv-not-a-number', details: { line: 2, value: 'x' } })
    expect(read('co2', rows)).toMatchObject({ code: 'csv-too-short', details: { rows: 3, needed: 4 } })
    expect(read('co2', '')).toMatchObject({ code: 'file-empty' })
  })

  it('reads a published data set', () => {
    const path = new URL('../../../node_modules/vega-datasets/data/co2-concentration.csv', import.meta.url).pathname
    const bytes = readFileSync(path)
    expect(inspectFile('co2-concentration.csv', bytes)).toMatchObject({
      kind: 'table',
      columns: ['CO2', 'adjusted CO2'],
      length: 741,
    })
    const source = readSource({ id: 'csv', file: 'x', target: 'CO2', window: 24, horizon: 1 }, path, bytes)
    expect(source?.kind === 'table' && source.columns[0]?.values[0]).toBe(315.7)
  })
})

describe('a file that comes in', () => {
  it('is described', () => {
    expect(inspectFile('a.txt', chinese)).toMatchObject({ kind: 'text', encoding: 'gb18030', length: 16, bytes: 32 })
    expect(inspectFile('a.csv', utf8('a,b\n1,x\n2,y\n'))).toEqual({
      kind: 'table',
      encoding: 'utf-8',
      bytes: 12,
      length: 2,
      columns: ['a'],
      preview: 'a,b\n1,x\n2,y\n',
    })
    expect(problem(() => inspectFile('a.csv', utf8('name\nx\n')))).toMatchObject({ code: 'csv-no-column' })
  })
})
