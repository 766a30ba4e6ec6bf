import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { finished, startCli } from '../../main/cli/child.ts'
import { makeWheel } from '../../main/lab/packs/make-wheel.ts'
import { recipeFor } from '../../main/lab/packs/recipes.ts'
import { unpackWheel } from '../../main/lab/packs/wheel.ts'
import { resolveSpec } from '../../main/lab/runs/spec.ts'
import { Training } from '../../main/lab/runs/training.ts'
import { ensurePack, id, installTime, missing } from './pack.ts'

/** What can happen to an engine and to its installation from outside: killed, or no room left. */

if (missing) test.skip(`the engine ${id} is killed (${missing})`, () => {})

const spec = resolveSpec(
  {
    task: { id: 'adding', length: 20 },
    cells: [{ cell: 'lstm', hiddenSize: 8 }],
    training: { steps: 100_000, batchSize: 8 },
  },
  'run.json',
)

describe.skipIf(missing)(`the engine ${id}, killed in mid-step`, () => {
  beforeAll(ensurePack, installTime)

  let training: Training
  const step = () => training.summaries[0]?.step ?? 0

  beforeEach(async () => {
    training = await Training.create({ spec, backend: id })
    expect(training.engine).toBe(id)
    await training.play(5)
    await training.until(() => step() === 5)
    await training.pause()
    await training.play(100_000)
    await training.until(() => step() > 8)
    process.kill(training.pid ?? 0, 'SIGKILL')
    await training.until(() => training.summaries[0]?.state === 'interrupted')
    expect(training.summaries[0]?.failure).toMatchObject({ code: 'engine-died', message: /SIGKILL/ })
  })
  afterEach(() => training.close())

  test('leaves interrupted runs that go on from their last snapshot', async () => {
    const before = training.rows(0).history
    await training.step()
    const { step: kept } = await training.snapshot(0)
    expect([...training.rows(0).history.loss]).toEqual([...before.loss.subarray(0, kept)])
  })

  test('is no obstacle to another engine', async () => {
    const other = await Training.create({ spec, backend: 'wasm' })
    await other.step()
    expect([other.engine, other.summaries[0]?.step]).toEqual(['wasm', 1])
    await other.close()
  })
})

/** A wheel with files under the names of TensorFlow's libraries that take a while to unpack. */
function largeWheel(folder: string): string {
  const noise = Uint8Array.from(randomBytes(1 << 20))
  const large = new Uint8Array(150 << 20)
  for (let at = 0; at < large.length; at += noise.length) large.set(noise, at)
  return makeWheel(join(folder, 'large.whl'), Object.fromEntries(recipeFor(id).libraries.map((name) => [name, large])))
}

describe.skipIf(process.platform !== 'linux')('an installation', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-faults-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('that is killed while it unpacks is no obstacle to the next, which clears its files away', async () => {
    const engines = join(folder, 'engines')
    const wheel = largeWheel(folder)
    const install = (from: string) =>
      startCli(folder, ['engine', 'install', id, '--from', from], { UNROLL_ENGINES: engines })
    const first = install(wheel)
    const ended = finished(first)
    await new Promise((resolve) => first.stderr?.once('data', resolve))
    first.kill('SIGKILL')
    await ended
    const staged = () => readdirSync(engines).filter((name) => name.startsWith('.staging'))
    expect(staged()).toHaveLength(1)
    writeFileSync(join(folder, 'empty.whl'), '')
    const { code, stderr } = await finished(install(join(folder, 'empty.whl')))
    expect([code, stderr]).toEqual([2, expect.stringMatching(/empty\.whl .*is no wheel/)])
    expect(staged()).toEqual([])
    expect(existsSync(join(engines, 'current.json'))).toBe(false)
  })

  describe.skipIf(!canMount())('on a disk without room (a small file system is mounted)', () => {
    let disk: string
    beforeEach(() => {
      disk = mkdtempSync(join(tmpdir(), 'unroll-disk-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk])
    })
    // Fails while a file on it is still open.
    afterEach(() => {
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    })

    test('says what is left and what it takes, before it begins', async () => {
      const arguments_ = ['engine', 'install', id, '--from', 'any.whl']
      const { code, stderr } = await finished(startCli(folder, arguments_, { UNROLL_ENGINES: disk }))
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/has 0\.0 GB left; installing tensorflow-cpu takes 1\.3 GB/),
      ])
      expect(stderr).toContain('UNROLL_ENGINES')
      expect(readdirSync(disk)).toEqual([])
    })

    test('says that it is full where the room ends on the way', async () => {
      const signal = new AbortController().signal
      const unpacking = unpackWheel(
        largeWheel(folder),
        join(disk, 'files'),
        (name) => name.endsWith('.so.2'),
        () => {},
        signal,
      )
      await expect(unpacking).rejects.toThrow(
        expect.objectContaining({ code: 'workspace-invalid', message: expect.stringMatching(/disk is full/) }),
      )
    })
  })
})

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
