import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8 } from 'fflate'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWheel } from './make-wheel.ts'
import { unpackWheel } from './wheel.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-wheel-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const library = Uint8Array.from(randomBytes(300_000))

const wheel = (files: Record<string, Uint8Array>, record?: Record<string, string>) =>
  makeWheel(join(folder, 'thing-1.0-py3-none-any.whl'), files, record)

const into = (wanted: (name: string) => boolean) => (name: string) => (wanted(name) ? join(folder, 'out') : undefined)

const unpack = (path: string, wanted = (name: string) => name.startsWith('thing/lib')) =>
  unpackWheel(path, into(wanted), () => {}, new AbortController().signal)

test('takes what is wanted, and says its size and hash', async () => {
  const path = wheel({ 'thing/lib.so.2': library, 'thing/other.py': strToU8('1') })
  const found = await unpack(path)
  const sha256 = createHash('sha256').update(library).digest('hex')
  expect(found).toEqual([{ name: 'thing/lib.so.2', bytes: library.length, sha256 }])
  expect(Uint8Array.from(readFileSync(join(folder, 'out', 'thing', 'lib.so.2')))).toEqual(library)
  expect(existsSync(join(folder, 'out', 'thing', 'other.py'))).toBe(false)
})

test('reports how far it is', async () => {
  const seen: number[] = []
  const path = wheel({ 'thing/lib.so.2': library })
  await unpackWheel(
    path,
    into(() => true),
    (done) => seen.push(done),
    new AbortController().signal,
  )
  expect(seen.at(-1)).toBe(readFileSync(path).length)
})

test('refuses a file that is not what RECORD says', async () => {
  const path = wheel({ 'thing/lib.so.2': library }, { 'thing/lib.so.2': 'AAAA' })
  await expect(unpack(path)).rejects.toThrow(/lib\.so\.2 is not what its RECORD says/)
})

test.each([0.2, 0.5, 0.99])('refuses a wheel cut off after %f of it', async (share) => {
  const path = wheel({ 'thing/lib.so.2': library })
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * share)))
  await expect(unpack(path)).rejects.toThrow(expect.objectContaining({ code: 'format-invalid' }))
})

test('refuses what is no wheel, and what is not there', async () => {
  const path = join(folder, 'text.whl')
  writeFileSync(path, 'this is no wheel')
  await expect(unpack(path)).rejects.toThrow(/no wheel/)
  await expect(unpack(join(folder, 'nowhere.whl'))).rejects.toThrow(expect.objectContaining({ code: 'file-missing' }))
})

test('refuses a path that leads out of the folder', async () => {
  const path = wheel({ '../escaped': library })
  await expect(unpack(path, () => true)).rejects.toThrow(/names the path/)
  expect(existsSync(join(folder, 'escaped'))).toBe(false)
})

test('stops when it is told to', async () => {
  const path = wheel({ 'thing/lib.so.2': library })
  await expect(
    unpackWheel(
      path,
      into(() => true),
      () => {},
      AbortSignal.abort(),
    ),
  ).rejects.toThrow(/abort/)
})
