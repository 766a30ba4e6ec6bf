import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint, stamp } from './fingerprint.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-fingerprint-'))
  mkdirSync(join(folder, 'room'))
  writeFileSync(join(folder, 'a.ts'), 'a')
  writeFileSync(join(folder, 'room', 'b.ts'), 'b')
})
afterEach(() => rmSync(folder, { recursive: true }))

const print = () => fingerprint([folder], folder)

describe('fingerprint of sources', () => {
  it('stays when a file is touched or a test changes', () => {
    const before = print()
    utimesSync(join(folder, 'a.ts'), new Date(0), new Date(0))
    writeFileSync(join(folder, 'a.test.ts'), 'test')
    expect(print()).toBe(before)
  })

  it('changes with a content, a name and a new file', () => {
    const prints = new Set([print()])
    writeFileSync(join(folder, 'room', 'b.ts'), 'B')
    prints.add(print())
    renameSync(join(folder, 'room', 'b.ts'), join(folder, 'room', 'c.ts'))
    prints.add(print())
    writeFileSync(join(folder, 'd.ts'), '')
    prints.add(print())
    expect(prints.size).toBe(4)
  })
})

it('a stamp remembers what it was set to, in a folder it makes', () => {
  const made = stamp('page', join(folder, 'new', 'stamps'))
  expect(made.is('x')).toBe(false)
  made.set('x')
  expect(made.is('x')).toBe(true)
  expect(stamp('page', join(folder, 'new', 'stamps')).is('y')).toBe(false)
})
