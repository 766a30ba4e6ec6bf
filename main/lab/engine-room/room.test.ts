import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineNews, Handlers } from '../../../shared/contract.ts'
import { createLab, type OpenLab } from '../index.ts'
import { lockFolder } from '../lock.ts'
import { makeWheel } from '../packs/make-wheel.ts'
import { type Archive, recipeFor } from '../packs/recipes.ts'

const id = 'tensorflow-cpu'
const archive = recipeFor(id).archives[0] as Archive
/** The engine's wheel for another Python: no hash is listed for it. */
const name = archive.file.replaceAll('cp312', 'cp311')
let folder: string
let engines: string
let lab: OpenLab
let room: Handlers['engines']
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-room-'))
  engines = join(folder, 'engines')
  vi.stubEnv('UNROLL_ENGINES', engines)
  lab = await createLab({ workspace: join(folder, 'workspace') })
  room = lab.handlers.engines
})
afterEach(async () => {
  await lab.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const file = (name: string, content = 'this is no wheel') => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
/** A wheel with files under the names of TensorFlow's libraries. */
const wheel = (bytes: number) =>
  makeWheel(join(folder, name), Object.fromEntries(archive.libraries.map((name) => [name, new Uint8Array(bytes)])))
const left = () => readdirSync(engines).filter((name) => name !== 'lock.sqlite')

async function until(wanted: (news: EngineNews) => boolean): Promise<EngineNews> {
  for (let seen: number | undefined; ; ) {
    const news = await room.follow(seen)
    if (wanted(news)) return news
    seen = news.news
  }
}
const ended = () => until(({ work }) => work === undefined)

test('an installation that fails says why until it is dismissed, and leaves nothing', async () => {
  const path = file(name)
  await room.install(id, [`"${path}"`])
  const { work } = await room.follow()
  expect(work).toMatchObject({ id, action: 'install', stages: ['unpack', 'compile', 'test'], isCancelled: false })
  const { outcomes, changes, news } = await ended()
  const error = { code: 'format-invalid', hint: 'Fetch it again.', details: { file: path } }
  expect(outcomes).toEqual([
    expect.objectContaining({ id, action: 'install', end: 'failed', error: expect.anything() }),
  ])
  expect(outcomes[0]?.error).toMatchObject(error)
  expect(changes).toBe(1)
  expect(left()).toEqual([])
  // A page that comes later reads the same.
  expect(await room.follow()).toEqual({ news, changes, outcomes })
  await room.dismiss(id)
  expect((await room.follow()).outcomes).toEqual([])
})

test('one installation at a time, seen by all, and cancelled without a trace', async () => {
  const path = wheel(150 << 20)
  await room.install(id, [path])
  await expect(room.install(id, [path])).rejects.toMatchObject({ code: 'busy', details: { engine: id } })
  await expect(async () => room.verify('wasm')).rejects.toMatchObject({ code: 'busy' })
  await expect(room.remove(id)).rejects.toMatchObject({ code: 'busy' })
  const { work } = await until(({ work }) => (work?.progress?.done ?? 0) > 0)
  expect(work?.progress).toMatchObject({ stage: 'unpack', total: expect.any(Number) })
  expect((await room.follow())?.work).toMatchObject({ id, action: 'install' })
  expect(left().some((name) => name.startsWith('.staging'))).toBe(true)
  await room.cancel()
  expect(left()).toEqual([])
  expect(await room.follow()).toMatchObject({ outcomes: [{ id, end: 'cancelled' }] })
  await room.cancel()
})

test('the lab closes in the middle of an installation: it is ended, and leaves nothing', async () => {
  const second = await createLab({ workspace: join(folder, 'second') })
  const { install, follow } = second.handlers.engines
  await install(id, [wheel(150 << 20)])
  let news = await follow()
  while (!news.work?.progress?.done) news = await follow(news.news)
  const waiting = (async () => {
    for (;;) news = await follow(news.news)
  })()
  await Promise.all([second.close(), expect(waiting).rejects.toMatchObject({ code: 'busy' })])
  expect(left()).toEqual([])
})

test('an installation of another process is waited for', async () => {
  mkdirSync(engines)
  const unlock = lockFolder(engines, 'taken', '')
  await room.install(id, [wheel(1)])
  expect((await ended()).outcomes[0]?.error).toMatchObject({ code: 'workspace-in-use' })
  unlock()
})

test.each([
  ['notes.txt', 'format-invalid', /notes\.txt is no wheel/],
  ['nowhere.whl', 'file-missing', /nowhere\.whl does not exist/],
  ['folder.whl', 'file-missing', /folder\.whl is not a file/],
])('takes no %s', async (name, code, message) => {
  file('notes.txt')
  mkdirSync(join(folder, 'folder.whl'))
  const refused = room.install(id, [join(folder, name)])
  await expect(refused).rejects.toMatchObject({ code, details: { file: join(folder, name) } })
  await expect(refused).rejects.toThrow(message)
  expect((await room.follow()).work).toBeUndefined()
})

test('takes no path that depends on where the lab was started', async () => {
  await expect(room.install(id, ['a.whl'])).rejects.toMatchObject({ code: 'file-missing', details: { file: 'a.whl' } })
  await expect(room.install('abacus')).rejects.toMatchObject({ code: 'engine-unavailable' })
})

test('starts an engine once, however often the list is read, and again after a check that it did not pass', async () => {
  let started = 0
  const fork = (_entry: string, [backend]: readonly string[]) => {
    if (backend === 'wasm') started += 1
    throw new Error('no process can be started')
  }
  const second = await createLab({ workspace: join(folder, 'second'), fork })
  const { list, verify, follow } = second.handlers.engines
  const [wasm] = (await list()).engines
  expect(wasm).toMatchObject({ id: 'wasm', state: 'unavailable', problem: { message: 'no process can be started' } })
  await list()
  expect(started).toBe(1)
  verify('wasm')
  while ((await follow()).work) await new Promise(setImmediate)
  expect((await follow()).outcomes).toMatchObject([{ id: 'wasm', action: 'verify', end: 'failed' }])
  expect(started).toBe(2)
  await list()
  expect(started).toBe(3)
  await second.close()
})

test('a check of an engine is kept and shown', async () => {
  const wasm = async () => (await room.list()).engines.find((engine) => engine.id === 'wasm')
  expect((await room.list()).engines).toMatchObject([
    { id: 'wasm', state: 'ready' },
    { id: 'webgpu' },
    { id, state: 'not-installed', room: recipeFor(id).room },
    { id: 'tensorflow-cuda' },
  ])
  const first = await wasm()
  expect(first?.selfTest).toBeUndefined()
  room.verify('wasm')
  const { changes, outcomes } = await ended()
  expect([changes, outcomes]).toEqual([1, [expect.objectContaining({ id: 'wasm', action: 'verify', end: 'done' })]])
  const selfTest = (await wasm())?.selfTest
  expect(selfTest).toMatchObject({ limit: 1e-4, at: expect.stringMatching(/^20/) })
  expect(selfTest?.error).toBeLessThan(1e-4)
  expect(selfTest?.error).toBeGreaterThan(0)
})

test('a check whose figure cannot be kept has passed all the same', async () => {
  mkdirSync(join(engines, 'self-tests.json'), { recursive: true })
  room.verify('wasm')
  expect((await ended()).outcomes).toEqual([expect.objectContaining({ id: 'wasm', end: 'done' })])
})

test('an engine that failed its check is not used', async () => {
  room.verify('wasm')
  await ended()
  const stored = join(engines, 'self-tests.json')
  const { version, tests } = JSON.parse(readFileSync(stored, 'utf8'))
  tests.wasm.error = null
  writeFileSync(stored, JSON.stringify({ version, tests: { wasm: { ...tests.wasm, at: 'later' } } }))
  const [wasm] = (await room.list()).engines
  expect(wasm).toMatchObject({ state: 'unavailable', problem: { code: 'engine-unavailable' } })
  expect(wasm?.problem?.message).toMatch(/computes wrong on this machine: off by Infinity/)
})
