import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LabError } from '../../../../shared/errors.ts'
import type { ColumnRole, ImportSettings } from '../../../../shared/import.ts'
import { ndarray } from '../../../../shared/ndarray.ts'
import { writeNpz } from '../../../../shared/npz.ts'
import { readRow, type StoredRow } from '../rows.ts'
import { interpolated } from './cells.ts'
import { fileSource, previewOf, readFile } from './import.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-import-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const utf8 = (text: string) => new TextEncoder().encode(text)
async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const vega = (file: string) => new URL(`../../../../node_modules/vega-datasets/data/${file}`, import.meta.url).pathname

async function read(path: string, settings: ImportSettings): Promise<StoredRow[]> {
  const rows: StoredRow[] = []
  await readFile(fileSource(path), settings, (batch) => void rows.push(...batch))
  return rows
}
async function problem(act: Promise<unknown>): Promise<LabError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LabError) return error
  throw error ?? new Error('nothing was thrown')
}
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
    const all = await read(vega('stocks.csv'), { ...settings, window: null })
    expect(all.map(({ steps, tags }) => [JSON.parse(tags).symbol, steps])).toEqual([
      ['MSFT', 123],
      ['AMZN', 123],
      ['IBM', 123],
      ['GOOG', 68],
      ['AAPL', 123],
    ])
    const windows = await read(vega('stocks.csv'), { ...settings, window: { size: 10, stride: 5, horizon: 2 } })
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
    const rows = await read(path, { ...settings, missing, window: null, split: null })
    expect(rows.map((row) => readRow(row).inputs)).toEqual(expected)
  })

  it('are refused with their line, as are texts among numbers', async () => {
    const path = await write('m.csv', table)
    const { settings } = await previewOf(path, 'm.csv')
    expect(await problem(read(path, { ...settings, missing: 'refuse' }))).toMatchObject({
      code: 'csv-not-a-number',
      details: { line: 2 },
    })
    const text = await write('n.csv', `${table}b,many\n`)
    expect(await problem(read(text, { ...settings, missing: 'keep' }))).toMatchObject({
      details: { line: 8, column: 'x', value: 'many' },
    })
  })

  it('between two neighbours lie on their line', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: -9, max: 9 })), { minLength: 1, maxLength: 12 }), (numbers) => {
        const filled = interpolated(numbers)
        const given = numbers.filter((value) => value !== null)
        if (!given.length) {
          expect(filled).toEqual(numbers)
          return
        }
        for (const [k, value] of filled.entries()) {
          expect(typeof value).toBe('number')
          if (numbers[k] !== null) expect(value).toBe(numbers[k])
          const before = numbers.slice(0, k).findLast((other) => other !== null)
          const after = numbers.slice(k).find((other) => other !== null)
          const ends = [before ?? after, after ?? before].sort((a, b) => Number(a) - Number(b))
          expect(value).toBeGreaterThanOrEqual(Number(ends[0]) - 1e-9)
          expect(value).toBeLessThanOrEqual(Number(ends[1]) + 1e-9)
        }
      }),
    )
  })
})

describe('files that cannot be read', () => {
  const settings: ImportSettings = {
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    header: true,
    layout: 'wide',
    inputs: 'numbers',
    target: 'next',
    columns: [{ name: 'a', role: 'input' }],
    tokenizer: { id: 'words' },
    missing: 'refuse',
    window: null,
    split: null,
  }
  const refused = async (content: string | Uint8Array, rest: Partial<ImportSettings> = {}) =>
    problem(read(await write('bad.csv', content), { ...settings, ...rest }))

  it('say where: NUL, another encoding, ragged rows, quotes', async () => {
    expect(await refused(utf8('a\n1\n2\0\n'))).toMatchObject({ code: 'file-binary', details: { line: 3 } })
    expect(await refused(Uint8Array.of(...utf8('a\n1\n'), 0xc8, 0xcb, 10))).toMatchObject({ code: 'file-encoding' })
    expect(await refused('a,b\n1,2\n3\n')).toMatchObject({
      code: 'csv-ragged',
      details: { line: 3, fields: 1, expected: 2 },
    })
    expect(await refused('a,b\n1,"2\n3,4\n')).toMatchObject({ code: 'csv-ragged' })
  })

  it('end early where a record never ends, or has columns without end', async () => {
    expect(await refused('1'.repeat(40_000_000))).toMatchObject({ code: 'file-too-large', details: { line: 1 } })
    expect(await refused('1,'.repeat(1_000_000))).toMatchObject({ code: 'file-too-large', details: { limit: 20_000 } })
    expect(await refused('x'.repeat(20_000_000), { format: 'text', inputs: 'tokens' })).toMatchObject({
      code: 'file-too-large',
    })
  })

  it('refuse archives that would unpack without end', async () => {
    const bomb = zipSync({ 'inputs.npy': [new Uint8Array(300_000_000), { level: 9 }] })
    const wrong = bomb.slice()
    // The directory says four gigabytes.
    const at = wrong.lastIndexOf(0x50, wrong.length - 23)
    new DataView(wrong.buffer).setUint32(at + 24, 0xffff_fff0, true)
    for (const bytes of [wrong, bomb]) {
      const path = await write('bomb.npz', bytes)
      expect(await problem(previewOf(path, 'bomb.npz'))).toMatchObject({ code: 'format-invalid' })
    }
  })
})

const seeds: readonly (readonly [name: string, content: Uint8Array])[] = [
  ['a.csv', utf8('id,t,x,label\na,1,0.5,p\na,2,1.5,q\nb,1,-2e3,"x ""y"""\n')],
  ['a.tsv', utf8('text\tlabel\nthe cat was\tA\n冰糖 很甜\tB\n')],
  ['a.txt', utf8('第一行\nsecond line\n\nthird\n')],
  ['a.jsonl', utf8('{"inputs":["a","b"],"target":"x"}\n{"inputs":["b"],"target":null}\n')],
  ['a.json', utf8('[{"inputs":[1,2],"target":3},{"inputs":[],"target":1}]')],
  [
    'a.npz',
    writeNpz({ inputs: ndarray([2, 2], Float32Array.of(1, 2, 3, 4)), targets: ndarray([2, 1], Float32Array.of(1, 2)) }),
  ],
]
/** Mutated files; ten thousand take some minutes. */
const mutants = Number(process.env.UNROLL_MUTANTS ?? 600)

it(`reads or refuses ${mutants} mutated files, and never fails in another way`, {
  timeout: 60_000 + mutants * 20,
}, async () => {
  const mutation = fc.record({
    seed: fc.nat(seeds.length - 1),
    edits: fc.array(
      fc.record({ at: fc.nat(400), kind: fc.nat(3), bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }) }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ seed, edits }) => {
      const [name, original] = seeds[seed] as (typeof seeds)[number]
      let bytes: Uint8Array = original
      for (const { at, kind, bytes: other } of edits) {
        const place = at % (bytes.length + 1)
        const rest = bytes.subarray(place + (kind === 1 ? other.length : kind === 2 ? 3 : 0))
        bytes = Uint8Array.from([
          ...bytes.subarray(0, place),
          ...(kind === 2 ? [] : other),
          ...(kind === 3 ? utf8('",\n') : []),
          ...rest,
        ])
      }
      const path = await write(`fuzz-${name}`, bytes)
      try {
        const { settings, rows } = await previewOf(path, name)
        for (const row of rows) expect(typeof row.split).toBe('string')
        await read(path, settings)
      } catch (error) {
        expect(error).toBeInstanceOf(LabError)
        expect((error as LabError).code).not.toBe('internal')
        expect((error as LabError).message).toContain(name.slice(0, 1))
      }
    }),
    { numRuns: mutants },
  )
})
