import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ImportSettings } from '../../../../shared/import.ts'
import { ndarray } from '../../../../shared/ndarray.ts'
import { writeNpy } from '../../../../shared/npz.ts'
import { previewOf } from './import.ts'
import { problemOf, readAll } from './reading.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-hostile-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const utf8 = (text: string) => new TextEncoder().encode(text)
/** 人 in GB18030, which is nothing in UTF-8: its first byte begins no character with the second. */
const foreign = Uint8Array.of(0xc8, 0xcb)
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
async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}
const refused = async (content: string | Uint8Array, rest: Partial<ImportSettings> = {}) =>
  problemOf(readAll(await written('bad.csv', content), { ...settings, ...rest }))

it('NUL bytes, another encoding, ragged rows and quotes are refused with their place', async () => {
  expect(await refused(utf8('a\n1\n12\0\n'))).toMatchObject({ code: 'file-binary', details: { line: 3, column: 3 } })
  expect(await refused('a,b\n1,2\n3\n')).toMatchObject({
    code: 'csv-ragged',
    details: { line: 3, fields: 1, expected: 2 },
  })
  expect(await refused('a,b\n1,"2\n3,4\n')).toMatchObject({ code: 'csv-ragged', details: { line: 2 } })
})

it('a text that goes on in another encoding is refused where it does, however far', async () => {
  const text = { format: 'text', inputs: 'tokens', tokenizer: { id: 'whitespace' } } as const
  const line = '冰糖葫芦很甜\n'
  for (const lines of [0, 3, 200_000]) {
    const bytes = Buffer.concat([utf8(line.repeat(lines)), utf8('很甜'), foreign, utf8(`\n${line}`)])
    const error = await refused(bytes, text)
    expect(error).toMatchObject({ code: 'file-encoding', details: { line: lines + 1, column: 3 } })
    expect(error.message).toContain(`line ${lines + 1}, column 3`)
  }
  // And the other way round: a file of GB18030 that ends within a character.
  const gb = Buffer.concat([foreign, utf8('\n'), foreign.subarray(0, 1)])
  expect(await refused(gb, { ...text, encoding: 'gb18030' })).toMatchObject({ details: { line: 2, column: 1 } })
})

it('line breaks of Windows and of old Macs are line breaks', async () => {
  const table = 'text,label\nthe cat,"x"\na dog,y\n'
  const columns = [
    { name: 'text', role: 'input' },
    { name: 'label', role: 'target' },
  ] as const
  for (const [name, mark] of [
    ['windows', '\r\n'],
    ['mac', '\r'],
  ] as const) {
    const path = await written(`${name}.csv`, table.replaceAll('\n', mark))
    const rows = await readAll(path, { ...settings, inputs: 'tokens', target: 'class', columns: [...columns] })
    expect(rows.map(({ inputs, target }) => [inputs, target])).toEqual([
      ['["the","cat"]', '"x"'],
      ['["a","dog"]', '"y"'],
    ])
  }
})

/** A gigabyte, in pieces: what is made of it counts what was asked for. */
function gigabyte(piece: string) {
  const bytes = utf8(piece.repeat(Math.ceil(65_536 / piece.length)))
  const asked = { bytes: 0 }
  async function* chunks() {
    for (; asked.bytes < 2 ** 30; asked.bytes += bytes.length) yield bytes
  }
  return { source: { file: 'endless', chunks }, asked }
}

it.each([
  ['text', 'x', 'tokens'],
  ['csv', '1', 'numbers'],
  ['csv', '1,', 'numbers'],
  ['csv', '"1",', 'numbers'],
  ['csv', '"', 'numbers'],
  ['jsonl', '[1,', 'numbers'],
] as const)('a line of 1 GB is refused after a few MB: %s of %j', async (format, piece, inputs) => {
  const { source, asked } = gigabyte(piece)
  const before = process.memoryUsage().rss
  const error = await problemOf(readAll(source, { ...settings, format, inputs }))
  expect(error).toMatchObject({ code: expect.stringMatching(/file-too-large|csv-ragged/), details: { line: 1 } })
  expect(asked.bytes).toBeLessThan(17 * 2 ** 20)
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20)
})

it('a list of 1 GB is refused before it is all read', async () => {
  const { source, asked } = gigabyte('[1,')
  expect(await problemOf(readAll(source, { ...settings, format: 'json' }))).toMatchObject({
    code: 'file-too-large',
    details: { file: 'endless' },
  })
  expect(asked.bytes).toBeLessThan(100 * 2 ** 20)
})

it('ten million columns are refused, with names or without', async () => {
  for (const content of [`${'c,'.repeat(10_000_000)}c\n`, `${'1,'.repeat(1_000_000)}1\n`]) {
    const path = await written('columns.csv', content)
    expect(await problemOf(previewOf(path, 'columns.csv'))).toMatchObject({
      code: 'file-too-large',
      details: { line: 1 },
    })
  }
  const object = `{${Array.from({ length: 100_000 }, (_, k) => `"c${k}":1`)}}\n`
  const { settings: guessed } = await previewOf(await written('wide.jsonl', object), 'wide.jsonl')
  expect(guessed.columns.length).toBe(20_000)
})

it('lists within lists without end are refused', async () => {
  const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`
  for (const name of ['deep.jsonl', 'deep.json']) {
    const path = await written(name, `{"inputs":${deep},"label":${deep}}`)
    expect(await problemOf(previewOf(path, name))).toMatchObject({ code: 'format-invalid', details: { line: 1 } })
  }
})

it('archives that would unpack without end are refused, and names that lead out of them lead nowhere', async () => {
  const bomb = zipSync({ 'inputs.npy': [new Uint8Array(100_000_000), { level: 9 }] })
  const liar = bomb.slice()
  // The directory says four gigabytes, or one byte.
  const at = liar.lastIndexOf(0x50, liar.length - 23)
  for (const size of [0xffff_fff0, 1]) {
    new DataView(liar.buffer).setUint32(at + 24, size, true)
    const path = await written('bomb.npz', liar)
    expect(await problemOf(previewOf(path, 'bomb.npz'))).toMatchObject({ code: 'format-invalid' })
  }
  expect(await problemOf(previewOf(await written('bomb.npz', bomb), 'bomb.npz'))).toMatchObject({
    code: 'format-invalid',
  })
  const npy = writeNpy(ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)))
  const before = await readdir(join(folder, '..'))
  const tricks = zipSync({ '../../out.npy': npy, '/tmp/out.npy': npy, '__proto__.npy': npy, 'inputs.npy': npy })
  const { rows } = await previewOf(await written('tricks.npz', tricks), 'tricks.npz')
  expect(rows.length).toBe(2)
  expect((await readdir(join(folder, '..'))).filter((name) => name.includes('out.npy'))).toEqual([])
  expect(await readdir(join(folder, '..'))).toEqual(before)
})
