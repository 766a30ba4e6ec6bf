import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8 } from 'fflate'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import { lockFolder } from '../lock.ts'
import { installPack, removePack, verifyPack } from './install.ts'
import { makeWheel } from './make-wheel.ts'
import { recipeFor } from './recipes.ts'
import {
  changedFiles,
  findPack,
  type Manifest,
  makeCurrent,
  packFormat,
  platformName,
  readPack,
  writeManifest,
} from './store.ts'

let folder: string
let wheels: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-packs-'))
  wheels = mkdtempSync(join(tmpdir(), 'unroll-wheels-'))
  vi.stubEnv('UNROLL_ENGINES', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const made of [folder, wheels]) rmSync(made, { recursive: true })
})

const id = 'tensorflow-cpu'
const packName = `${id}-2.21.0-00000001`
const passes = async () => ({ error: 1e-6, limit: 1e-4 })
const never = () => Promise.reject(new Error('nothing was made that could be tested'))
const here = () => readdirSync(folder).filter((name) => name !== 'lock.sqlite')

const [archive] = recipeFor(id).archives
const libraries = archive?.libraries ?? []

/** A wheel that has files under the names of TensorFlow's libraries, by its name for another Python. */
function wheel(names = libraries): [string] {
  const files = Object.fromEntries(names.map((name) => [name, strToU8(`library ${name}`)]))
  const name = (archive?.file ?? '').replaceAll('cp312', 'cp311')
  return [makeWheel(join(wheels, name), files)]
}

/** A pack as an installation leaves it, with a file in the place of libraries. */
async function installed(changes: Partial<Manifest> = {}): Promise<string> {
  const content = strToU8('library')
  const pack = join(folder, packName)
  mkdirSync(pack)
  writeFileSync(join(pack, 'lib.so'), content)
  await writeManifest(pack, {
    format: packFormat,
    id,
    version: '2.21.0',
    platform: platformName,
    made: '2026-01-01T00:00:00Z',
    files: [{ name: 'lib.so', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }],
    selfTest: { error: 1e-6, limit: 1e-4, at: '2026-01-01T00:00:00Z' },
    ...changes,
  })
  await makeCurrent(id, packName)
  return pack
}

describe('an installed pack', () => {
  test('is found, verified with a new self-test, and removed without a trace', async () => {
    const pack = await installed()
    const found = await findPack(id)
    expect(found?.folder).toBe(pack)
    if (!found) return
    expect(await changedFiles(found)).toEqual([])
    const again = await verifyPack(found, [], async () => ({ error: 2e-6, limit: 1e-4 }))
    expect((await findPack(id))?.manifest.selfTest).toEqual(again.manifest.selfTest)
    await removePack(id)
    expect(await findPack(id)).toBeUndefined()
    expect(here()).toEqual(['current.json'])
    await expect(removePack(id)).rejects.toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test.each([
    ['lacks a file', (pack: string) => rmSync(join(pack, 'lib.so')), /lacks lib\.so/],
    [
      'has a file cut short',
      (pack: string) => writeFileSync(join(pack, 'lib.so'), 'lib'),
      /lib\.so has 3 bytes, not 7/,
    ],
    ['has no readable pack.json', (pack: string) => writeFileSync(join(pack, 'pack.json'), '{'), /cannot be read/],
  ])('that %s is refused with what to do, and can be removed', async (_what, damage, message) => {
    damage(await installed())
    await expect(findPack(id)).rejects.toThrow(message)
    await expect(findPack(id)).rejects.toThrow(expect.objectContaining({ hint: `Run: unroll engine install ${id}` }))
    await removePack(id)
    expect(here()).toEqual(['current.json'])
  })

  test('of another machine is refused', async () => {
    await installed({ platform: 'plan9 mips' })
    await expect(findPack(id)).rejects.toThrow(/made for plan9 mips, this is/)
  })

  test('of another version of the lab, which may lack what this one compiles, is refused', async () => {
    await installed({ format: 'unroll-pack/1' })
    await expect(findPack(id)).rejects.toThrow(/another version of Unroll/)
    await expect(findPack(id)).rejects.toThrow(expect.objectContaining({ hint: `Run: unroll engine install ${id}` }))
  })

  test('whose files changed or whose numbers are off is not verified', async () => {
    const pack = await installed()
    writeFileSync(join(pack, 'lib.so'), 'LIBRARY')
    const found = await findPack(id)
    if (!found) throw new Error('the sizes are as they were')
    expect(await changedFiles(found)).toEqual(['lib.so'])
    await expect(verifyPack(found, ['lib.so'], passes)).rejects.toThrow(/lib\.so changed/)
    await expect(verifyPack(found, [], async () => ({ error: 0.5, limit: 1e-4 }))).rejects.toThrow(/computes wrong/)
    await expect(verifyPack(found, [], async () => ({ error: Number.NaN, limit: 1e-4 }))).rejects.toThrow(
      /computes wrong/,
    )
  })
})

describe('what a check finds', () => {
  const check = async (selfTest: () => Promise<{ error: number; limit: number }>) => {
    const pack = await readPack(id)
    if (!pack) throw new Error('it was installed')
    return verifyPack(pack, [], selfTest)
  }

  test.each([
    ['computes wrong', async () => ({ error: 0.5, limit: 1e-4 }), /computes wrong/],
    ['dies', () => Promise.reject(new LabError('engine-died', 'It ended with SIGSEGV.', '')), /ended with SIGSEGV/],
  ])('keeps an engine that %s from use, until it passes', async (_what, fails, message) => {
    await installed()
    await expect(check(fails)).rejects.toThrow(message)
    await expect(findPack(id)).rejects.toThrow(/failed its last check: /)
    await expect(findPack(id)).rejects.toThrow(message)
    await check(passes)
    expect((await findPack(id))?.manifest.failure).toBeUndefined()
  })

  test.each([
    ['there is no GPU', new LabError('engine-unavailable', 'There is no GPU.', '')],
    ['there is no memory', new LabError('out-of-memory', 'There is not enough memory: 8 GB', '')],
    ['no more files can be opened', Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' })],
    ['it is cancelled', new DOMException('This operation was aborted', 'AbortError')],
  ])('says nothing of the pack where %s', async (_what, error) => {
    await installed()
    await expect(check(() => Promise.reject(error))).rejects.toBe(error)
    expect((await findPack(id))?.manifest.failure).toBeUndefined()
  })
})

describe('an installation that fails leaves what was there, and nothing half-made', () => {
  const failing = async (message: RegExp, options: { from?: [string]; id?: string; signal?: AbortSignal } = {}) => {
    const { id: other = id, ...rest } = options
    await expect(installPack(other, { selfTest: never, ...rest })).rejects.toThrow(message)
    expect(here().filter((name) => name.startsWith('.staging'))).toEqual([])
  }

  test('for an engine that is none, or a platform without libraries', async () => {
    await failing(/no engine "cuda" to install/, { id: 'cuda' })
    expect(() => recipeFor('tensorflow-cuda', 'darwin', 'arm64')).toThrow(/no tensorflow-cuda for darwin arm64/)
  })

  test('for want of pip, of a compiler, or of the libraries in the wheel', async () => {
    await installed()
    vi.stubEnv('PATH', folder)
    await failing(/no Python with pip/)
    await failing(/no C\+\+ compiler/, { from: wheel() })
    await failing(/has no tensorflow\/libtensorflow_framework/, { from: wheel(libraries.slice(0, 1)) })
    expect((await findPack(id))?.manifest.version).toBe('2.21.0')
  })

  test('because the binding does not compile', async () => {
    await failing(/could not compile the binding: .*(no such file|not found)/i, { from: wheel() })
  })

  test('because the sources that the app carries do not compile', async () => {
    const sources = join(folder, 'binding', 'source', 'package')
    mkdirSync(sources, { recursive: true })
    writeFileSync(join(sources, 'binding.cc'), '#error these are the sources of the app')
    Object.assign(process, { resourcesPath: folder })
    try {
      await failing(/could not compile the binding: .*these are the sources of the app/, { from: wheel() })
    } finally {
      Object.assign(process, { resourcesPath: undefined })
    }
  })

  test('because another one is under way', async () => {
    const unlock = lockFolder(folder, 'held by the test', '')
    await failing(/Another installation is under way/, { from: wheel() })
    unlock()
  })

  test('because there is no folder to write to', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    vi.stubEnv('UNROLL_ENGINES', join(file, 'engines'))
    await expect(installPack(id, { selfTest: never, from: wheel() })).rejects.toThrow(/cannot be made: .*ENOTDIR/)
  })

  test('because it was stopped', async () => {
    await failing(/abort/, { from: wheel(), signal: AbortSignal.abort() })
  })

  test('and the next one removes what a killed one left', async () => {
    mkdirSync(join(folder, '.staging-tensorflow-cpu-2.21.0-0123abcd', 'pack'), { recursive: true })
    mkdirSync(join(folder, 'tensorflow-cpu-2.21.0-deadbeef'))
    const own = ['tensorflow-models', 'tensorflow-cpu-2.21.0', 'tensorflow-cpu-2.21.0-deadbeef-mine']
    for (const name of own) mkdirSync(join(folder, name))
    await failing(/is no wheel/, { from: wheel([]) })
    expect(here().sort()).toEqual(own.toSorted())
  })

  test('because the list of packs cannot be read, which is no empty list', async () => {
    await installed()
    rmSync(join(folder, 'current.json'))
    mkdirSync(join(folder, 'current.json'))
    await failing(/current\.json cannot be read: EISDIR/, { from: wheel() })
    await expect(findPack(id)).rejects.toMatchObject({ code: 'workspace-invalid' })
    expect(here()).toContain(packName)
  })
})
