import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Handlers } from '../../../../shared/contract.ts'
import { createLab, type OpenLab } from '../../index.ts'

let folder = ''
let lab: OpenLab
let handlers: Handlers
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-jobs-'))
  lab = await createLab({ workspace: folder })
  handlers = lab.handlers
})
afterEach(async () => {
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

const bytesOf = (text: string) => new TextEncoder().encode(text)
const table = (rows: number) =>
  bytesOf(`id,x\n${Array.from({ length: rows }, (_, k) => `s${Math.floor(k / 10)},${k % 7}\n`).join('')}`)

async function handOver(name: string, bytes: Uint8Array<ArrayBuffer>, piece = 1000): Promise<string> {
  const id = await handlers.imports.begin(name, bytes.length)
  for (let at = 0; at < bytes.length; at += piece) await handlers.imports.add(id, bytes.subarray(at, at + piece))
  return id
}
async function ended(id: string) {
  for (;;) {
    const progress = await handlers.imports.progress(id)
    if (progress.state !== 'reading') return progress
    await wait(5)
  }
}

it('a file in pieces becomes a dataset, split as it was told, and says how it was read', async () => {
  const id = await handOver('../../etc/series.csv', table(600))
  const { settings, rows } = await handlers.imports.preview(id)
  expect([settings.layout, rows[0]?.inputs]).toEqual(['long', [0, 1, 2, 3, 4, 5, 6, 0, 1, 2]])
  await handlers.imports.run(id, { ...settings, window: null }, 'series')
  const { state, dataset = '' } = await ended(id)
  expect(state).toBe('done')
  expect(await handlers.datasets.state(dataset)).toMatchObject({
    rows: 60,
    inParts: { train: 48, validation: 6, test: 6 },
  })
  expect(await handlers.datasets.list()).toMatchObject([
    { name: 'series', origin: { file: 'series.csv', settings: { layout: 'long' } } },
  ])
  // The same settings read the next file.
  const next = await handOver('other.csv', table(50))
  await handlers.imports.run(next, { ...settings, window: null }, 'series')
  expect(await ended(next)).toMatchObject({ state: 'done', rows: 5 })
  expect((await handlers.datasets.list()).map(({ name }) => name).sort()).toEqual(['series', 'series 2'])
  expect(await readdir(join(folder, 'uploads'))).toEqual([])
})

it('a file that is refused can be read in another way, and leaves nothing meanwhile', async () => {
  const id = await handOver('a.csv', bytesOf('id,x\na,1\na,many\nb,2\n'))
  const { settings } = await handlers.imports.preview(id)
  const numbers = {
    ...settings,
    layout: 'long' as const,
    inputs: 'numbers' as const,
    target: 'next' as const,
    window: null,
    split: null,
    columns: [
      { name: 'id', role: 'group' as const },
      { name: 'x', role: 'input' as const },
    ],
  }
  await handlers.imports.run(id, numbers, 'a')
  expect(await ended(id)).toMatchObject({ state: 'ready', problem: { code: 'csv-not-a-number', details: { line: 3 } } })
  expect(await handlers.datasets.list()).toEqual([])
  await handlers.imports.run(id, { ...numbers, inputs: 'tokens' }, 'a')
  expect(await ended(id)).toMatchObject({ state: 'done', rows: 2 })
})

it('a cancelled import leaves neither rows nor a file', async () => {
  const id = await handOver('large.csv', table(300_000), 1 << 20)
  const { settings } = await handlers.imports.preview(id)
  await handlers.imports.run(id, { ...settings, window: null }, 'large')
  await handlers.imports.cancel(id)
  expect(() => handlers.imports.progress(id)).toThrow(/no import/)
  expect(await handlers.datasets.list()).toEqual([])
  expect(await readdir(join(folder, 'uploads'))).toEqual([])
  await expect(handlers.imports.add(id, bytesOf('x'))).rejects.toMatchObject({ code: 'not-found' })
})

it('what cannot be read leaves the datasets that are there as they were', async () => {
  const first = await handOver('good.csv', table(100))
  const settings = { ...(await handlers.imports.preview(first)).settings, window: null, split: null }
  await handlers.imports.run(first, settings, 'good')
  const { dataset = '' } = await ended(first)
  const before = JSON.stringify([await handlers.datasets.list(), await handlers.datasets.state(dataset)])
  const behind = (end: Uint8Array) => Uint8Array.from(Buffer.concat([table(50_000), end]))
  const endless = bytesOf('1'.repeat(9_000_000))
  const bad = [bytesOf('s9,\0\n'), Uint8Array.of(0xc8, 0xcb, 10), bytesOf('"s9,1\n'), endless].map(behind)
  for (const bytes of bad) {
    const id = await handOver('bad.csv', bytes, 1 << 20)
    await handlers.imports.run(id, settings, 'good')
    expect(await ended(id)).toMatchObject({ state: 'ready', problem: { details: { line: 50_002 } } })
    await handlers.imports.cancel(id)
  }
  expect(JSON.stringify([await handlers.datasets.list(), await handlers.datasets.state(dataset)])).toBe(before)
})

it('more than was announced is refused', async () => {
  await expect(handlers.imports.begin('a.csv', 0)).rejects.toMatchObject({ code: 'file-empty' })
  const id = await handlers.imports.begin('a.csv', 3)
  await expect(handlers.imports.add(id, bytesOf('a,b\n'))).rejects.toMatchObject({ code: 'message-invalid' })
  await expect(handlers.imports.preview(id)).rejects.toMatchObject({ code: 'busy' })
})
