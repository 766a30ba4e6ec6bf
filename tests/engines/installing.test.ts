import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { finished, startCli } from '../../main/cli/child.ts'
import { makeWheel } from '../../main/lab/packs/make-wheel.ts'
import { type Archive, recipeFor } from '../../main/lab/packs/recipes.ts'
import { unpackWheel } from '../../main/lab/packs/wheel.ts'
import { canMount, mounted } from './mount.ts'
import { id } from './pack.ts'

/** What can happen to an installation: killed, a second one, no room, no right to write. */

describe.skipIf(process.platform !== 'linux')('an installation', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-installing-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const { file, libraries } = recipeFor(id).archives[0] as Archive
  /** By its name for another Python: what no index lists, and no hash says. */
  const named = (python: string) => join(folder, file.replaceAll('cp312', python))
  const install = (from: string, engines: string) =>
    startCli(folder, ['engine', 'install', id, '--from', from], { UNROLL_ENGINES: engines })

  /** A wheel with files under the names of TensorFlow's libraries that take a while to unpack. */
  function largeWheel(): string {
    const noise = Uint8Array.from(randomBytes(1 << 20))
    const large = new Uint8Array(150 << 20)
    for (let at = 0; at < large.length; at += noise.length) large.set(noise, at)
    return makeWheel(named('cp311'), Object.fromEntries(libraries.map((library) => [library, large])))
  }

  test('keeps a second one out; killed while it unpacks, it is no obstacle to the next', async () => {
    const engines = join(folder, 'engines')
    const wheel = largeWheel()
    const first = install(wheel, engines)
    const ended = finished(first)
    await new Promise((resolve) => first.stderr?.once('data', resolve))
    const second = await finished(install(wheel, engines))
    expect([second.code, second.stderr]).toEqual([1, expect.stringMatching(/Another installation is under way/)])
    first.kill('SIGKILL')
    await ended
    const staged = () => readdirSync(engines).filter((name) => name.startsWith('.staging'))
    expect(staged()).toHaveLength(1)
    writeFileSync(named('cp310'), '')
    const { code, stderr } = await finished(install(named('cp310'), engines))
    expect([code, stderr]).toEqual([2, expect.stringMatching(/\.whl .*is no wheel/)])
    expect(staged()).toEqual([])
    expect(existsSync(join(engines, 'current.json'))).toBe(false)
  })

  describe.skipIf(!canMount)('on a file system (one is mounted)', () => {
    let disk: string
    beforeEach(() => {
      disk = mkdtempSync(join(tmpdir(), 'unroll-disk-'))
    })
    afterEach(() => rmSync(disk, { recursive: true }))

    test('without room says what is left and what it takes, before it begins', async () => {
      using _mount = mounted(disk, '-t', 'tmpfs', '-o', 'size=1m', 'none')
      const { code, stderr } = await finished(install(largeWheel(), disk))
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/has 0\.0 GB left; installing tensorflow-cpu takes 1\.3 GB/),
      ])
      expect(stderr).toContain('UNROLL_ENGINES')
      expect(readdirSync(disk)).toEqual([])
    })

    test('whose room ends on the way says that it is full', async () => {
      using _mount = mounted(disk, '-t', 'tmpfs', '-o', 'size=1m', 'none')
      const folderOf = (name: string) => (name.endsWith('.so.2') ? join(disk, 'files') : undefined)
      const unpacking = unpackWheel(largeWheel(), folderOf, () => {}, new AbortController().signal)
      await expect(unpacking).rejects.toThrow(
        expect.objectContaining({ code: 'workspace-invalid', message: expect.stringMatching(/disk is full/) }),
      )
    })

    test.each(['', 'engines'])('that is read-only says that it cannot be written (%s)', async (below) => {
      using _mount = mounted(disk, '-t', 'tmpfs', '-o', 'ro,size=8g', 'none')
      const { code, stderr } = await finished(install(largeWheel(), join(disk, below)))
      expect([code, stderr]).toEqual([1, expect.stringMatching(/cannot be (written|made): /)])
      expect(stderr).toContain('UNROLL_ENGINES')
    })
  })
})
