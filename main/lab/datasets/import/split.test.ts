import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Handlers } from '../../../../shared/contract.ts'
import type { ImportSettings } from '../../../../shared/import.ts'
import type { Splitting } from '../../../../shared/sequences.ts'
import { numberSet } from '../../../engine/tasks/number-set.ts'
import { createLab, type OpenLab } from '../../index.ts'
import { readSource } from '../source.ts'

let folder = ''
let lab: OpenLab
let handlers: Handlers
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-import-split-'))
  lab = await createLab({ workspace: folder })
  handlers = lab.handlers
})
afterEach(async () => {
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

/** Forty series of four steps; from the 33rd on, numbers are a thousand times as large. */
const lines = Array.from({ length: 160 }, (_, k) => {
  const series = Math.floor(k / 4)
  const kind = series % 2 ? 'odd' : 'even'
  return `s${String(series).padStart(2, '0')},${kind},${series < 36 ? 'train' : series < 38 ? 'dev' : 'test'},${(series < 32 ? 1 : 1000) * (k % 4)}`
})
const bytes = new TextEncoder().encode(`${['series,kind,fold,x', ...lines].join('\n')}\n`)
const columns = (fold: 'split' | 'ignore', kind: 'tag' | 'target' = 'tag'): ImportSettings['columns'] => [
  { name: 'series', role: 'group' },
  { name: 'kind', role: kind },
  { name: 'fold', role: fold },
  { name: 'x', role: 'input' },
]
const settings = (split: Splitting | null, more: Partial<ImportSettings> = {}): ImportSettings => ({
  format: 'csv',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  columns: columns(split ? 'ignore' : 'split'),
  layout: 'long',
  inputs: 'numbers',
  target: 'next',
  tokenizer: { id: 'words' },
  missing: 'refuse',
  window: null,
  split,
  ...more,
})
const shares = { validation: 0.1, test: 0.1, seed: 3 }

async function imported(how: ImportSettings) {
  const id = await handlers.imports.begin('series.csv', bytes.length)
  await handlers.imports.add(id, bytes)
  await handlers.imports.run(id, how, 'series')
  for (;;) {
    const { state, dataset = '', problem } = await handlers.imports.progress(id)
    if (state === 'done') return dataset
    if (state !== 'reading') throw problem
    await wait(5)
  }
}
const content = async (dataset: string) => (await handlers.datasets.export(dataset, 'jsonl')).bytes
const rowsOf = async (dataset: string) =>
  new TextDecoder()
    .decode(await content(dataset))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as { split: string; target: string; tags: Record<string, string> })
const partsOf = async (dataset: string) => (await handlers.datasets.state(dataset)).inParts

it('is as the import was told, by a column, by chance, by classes, by groups or by time, and drawn once', async () => {
  const ways: [ImportSettings, object][] = [
    [settings(null), { train: 36, validation: 2, test: 2 }],
    [settings({ by: 'random', ...shares }), { train: 32, validation: 4, test: 4 }],
    [settings({ by: 'group', tag: 'series', ...shares }), { train: 32, validation: 4, test: 4 }],
    [settings({ by: 'time', tag: 'series', ...shares }), { train: 32, validation: 4, test: 4 }],
  ]
  for (const [how, inParts] of ways) expect(await partsOf(await imported(how))).toEqual(inParts)
  const stratified = settings(
    { by: 'stratified', ...shares },
    { target: 'class', columns: columns('ignore', 'target') },
  )
  const first = await imported(stratified)
  const tested = (await rowsOf(first)).filter(({ split }) => split === 'test').map(({ target }) => target)
  expect(tested.sort()).toEqual(['even', 'even', 'odd', 'odd'])
  // Two kinds are too few groups for three parts.
  await expect(imported(settings({ by: 'group', tag: 'kind', ...shares }))).rejects.toMatchObject({
    code: 'spec-invalid',
    message: expect.stringContaining('2 groups'),
  })
  // The settings that are kept draw the same again.
  const { origin } = (await handlers.datasets.list()).find(({ id }) => id === first) ?? {}
  expect(await content(await imported(origin?.settings as ImportSettings))).toEqual(await content(first))
})

it('comes before numbers are normalised: by what training shows, whatever else was imported', async () => {
  const dataset = await imported(settings({ by: 'time', tag: 'series', ...shares }))
  const source = readSource({ id: 'numbers' }, 'series.jsonl', await content(dataset))
  const { normalization } = numberSet.create(
    { id: 'numbers', file: dataset, normalize: 'standard' },
    source,
    1,
  ).interface
  expect(normalization?.inputs?.mean[0]).toBeCloseTo(1.5, 6)
  expect(normalization?.inputs?.std[0]).toBeCloseTo(Math.sqrt(1.25), 6)
})

it('is refused while it is only looked at, where it cannot be', async () => {
  const id = await handlers.imports.begin('series.csv', bytes.length)
  await handlers.imports.add(id, bytes)
  const problem = async (split: Splitting) => (await handlers.imports.preview(id, settings(split))).problem
  expect(await problem({ by: 'random', ...shares })).toBeUndefined()
  expect(await problem({ by: 'random', ...shares, test: 0.9 })).toMatchObject({ code: 'spec-invalid' })
  expect((await problem({ by: 'group', ...shares }))?.hint).toContain('series, kind')
  expect((await problem({ by: 'time', tag: 'step', ...shares }))?.message).toContain('"step"')
})
