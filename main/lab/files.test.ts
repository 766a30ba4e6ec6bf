import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stageFolder } from './files.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a staged folder', () => {
  it('appears complete, and open to whom any new folder is', async () => {
    const staged = await stageFolder(join(folder, 'out'))
    await staged.add({ 'a.txt': new TextEncoder().encode('a'), 'rnn/b.txt': new TextEncoder().encode('b') })
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.out\./)])
    await staged.commit()
    await staged.discard()
    expect(await readdir(folder)).toEqual(['out'])
    expect(await readFile(join(folder, 'out/rnn/b.txt'), 'utf8')).toBe('b')
    await mkdir(join(folder, 'new'))
    const mode = async (name: string) => (await stat(join(folder, name))).mode
    expect(await mode('out')).toBe(await mode('new'))
  })

  it('leaves no trace when it is discarded', async () => {
    const staged = await stageFolder(join(folder, 'out'))
    await staged.add({ 'a.txt': new Uint8Array(1) })
    await staged.discard()
    expect(await readdir(folder)).toEqual([])
  })
})
