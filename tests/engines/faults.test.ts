import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { finished, startCli } from '../../main/cli/child.ts'
import type { Pack } from '../../main/lab/packs/store.ts'
import { resolveSpec } from '../../main/lab/runs/spec.ts'
import { Training } from '../../main/lab/runs/training.ts'
import type { EngineInfo } from '../../shared/contract.ts'
import { canMount, mounted } from './mount.ts'
import { ensurePack, id, installTime, linkPack, missing } from './pack.ts'

/** What can happen to an engine: killed in mid-step, no memory, a pack that is not what it was. */

if (missing) test.skip(`the faults of ${id} (${missing})`, () => {})

/** Where a limit can be set from outside, and libraries are ELF files. */
const isLinux = process.platform === 'linux'

const specOf = (length: number, hiddenSize: number, batchSize: number) =>
  resolveSpec(
    {
      task: { id: 'adding', length },
      cells: [{ cell: 'lstm', hiddenSize }],
      training: { steps: 100_000, batchSize },
    },
    'run.json',
  )

describe.skipIf(missing)(`the engine ${id}, stopped in mid-step`, () => {
  beforeAll(ensurePack, installTime)

  let training: Training
  const step = () => training.summaries[0]?.step ?? 0
  const interrupted = () => training.until(() => training.summaries[0]?.state === 'interrupted')
  const train = async (spec: ReturnType<typeof specOf>) => {
    training = await Training.create({ spec, backend: id })
    expect(training.engine).toBe(id)
    await training.play(5)
    await training.until(() => step() === 5)
    await training.pause()
  }
  afterEach(() => training.close())

  async function goesOn(): Promise<void> {
    const before = [...training.rows(0).history.loss]
    await training.step()
    const after = [...training.rows(0).history.loss]
    expect((await training.snapshot(0)).step).toBe(after.length)
    expect(after.length).toBeGreaterThan(5)
    expect(after.slice(0, before.length)).toEqual(before.slice(0, after.length))
  }

  describe('by SIGKILL', () => {
    beforeEach(async () => {
      await train(specOf(20, 8, 8))
      await training.play(100_000)
      await training.until(() => step() > 8)
      process.kill(training.pid ?? 0, 'SIGKILL')
      await interrupted()
      expect(training.summaries[0]?.failure).toMatchObject({ code: 'engine-died', message: /SIGKILL/ })
    })

    test('leaves interrupted runs that go on from their last snapshot', goesOn)

    test('is no obstacle to another engine', async () => {
      const other = await Training.create({ spec: specOf(20, 8, 8), backend: 'wasm' })
      await other.step()
      expect([other.engine, other.summaries[0]?.step]).toEqual(['wasm', 1])
      await other.close()
    })
  })

  test.skipIf(!isLinux)(
    'by a lack of memory: says so, and goes on where there is some again',
    { timeout: 60_000 },
    async () => {
      await train(specOf(200, 128, 64))
      // Another process of it, which has only answered so far. It gets no more: half of what it has, so that what it
      // gives back in between does not help.
      await training.stop()
      await training.answers()
      const has = /VmData:\s+(\d+) kB/.exec(readFileSync(`/proc/${training.pid}/status`, 'utf8'))?.[1]
      execFileSync('prlimit', [`--pid=${training.pid}`, `--data=${(Number(has) * 1024) / 2}`])
      await training.play(100_000)
      await interrupted()
      const failure = training.summaries[0]?.failure
      // Whoever asks first finds none: TensorFlow or a layer, which say so, or JavaScript itself, which ends the process.
      if (failure?.code !== 'engine-died') {
        expect(failure).toMatchObject({ code: 'out-of-memory', message: /^There is not enough memory: / })
      }
      await goesOn()
    },
  )
})

describe.skipIf(missing || !isLinux)('a pack that is not what it was', () => {
  let folder: string
  let engines: string
  let pack: Pack
  const library = (name = 'libtensorflow_framework.so.2') =>
    join(pack.folder, pack.manifest.files.find((file) => basename(file.name) === name)?.name ?? '')
  const unroll = (...args: string[]) => finished(startCli(folder, args, { UNROLL_ENGINES: engines }))

  beforeAll(ensurePack, installTime)
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-damaged-'))
    engines = join(folder, 'engines')
    pack = await linkPack(engines, id, /framework/)
    const spec = { task: { id: 'adding', length: 4 }, cells: [{ cell: 'lstm', hiddenSize: 2 }] }
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...spec, training: { steps: 2 } }))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** The engine is refused for a reason; the lab computes without it. */
  async function refusedFor(reason: RegExp): Promise<void> {
    const named = await unroll('train', 'run.json', '--out', 'named', '--engine', 'tensorflow')
    expect([named.code, named.stderr]).toEqual([2, expect.stringMatching(reason)])
    expect(named.stderr).toMatch(/Run: unroll engine (install|verify) tensorflow-cpu/)
    const chosen = await unroll('train', 'run.json', '--out', 'chosen')
    expect([chosen.code, chosen.stderr]).toEqual([0, expect.stringMatching(/^engine wasm/m)])
    const { stdout } = await unroll('engine', 'list', '--json')
    const info = (JSON.parse(stdout) as EngineInfo[]).find((engine) => engine.id === id)
    expect(info).toMatchObject({ state: 'unavailable', description: expect.stringMatching(reason) })
  }

  const overwrite = (at: number, ...bytes: number[]) => {
    const file = openSync(library(), 'r+')
    writeSync(file, Uint8Array.from(bytes), 0, bytes.length, at)
    closeSync(file)
  }

  test('because a library is missing', { timeout: 60_000 }, async () => {
    rmSync(library())
    await refusedFor(/lacks .*libtensorflow_framework\.so\.2/)
  })

  test('because a library is cut short', { timeout: 60_000 }, async () => {
    truncateSync(library(), 1000)
    await refusedFor(/libtensorflow_framework\.so\.2 has 1000 bytes, not \d+/)
  })

  test('because a library is no library any more', { timeout: 60_000 }, async () => {
    overwrite(0, 0, 0, 0, 0)
    await refusedFor(/tensorflow-cpu cannot be loaded: .*libtensorflow_framework\.so\.2: invalid ELF header/)
  })

  test('because its libraries are for another processor', { timeout: 60_000 }, async () => {
    overwrite(18, 8, 0) // e_machine: MIPS
    await refusedFor(
      /tensorflow-cpu cannot be loaded: .*libtensorflow_framework\.so\.2: cannot open shared object file/,
    )
  })

  test('because it was made on another machine', { timeout: 60_000 }, async () => {
    writeFileSync(join(pack.folder, 'pack.json'), JSON.stringify({ ...pack.manifest, platform: 'linux riscv64' }))
    await refusedFor(/was made for linux riscv64, this is /)
  })

  test('is found out by verify, and from then on refused until it is right again', { timeout: 90_000 }, async () => {
    const size = readFileSync(library()).length
    const last = readFileSync(library()).subarray(size - 1)
    overwrite(size - 1, (last[0] ?? 0) ^ 1) // nothing reads it: the engine would start
    const { code, stderr } = await unroll('engine', 'verify', id)
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/libtensorflow_framework\.so\.2 changed since it was made/),
    ])
    await refusedFor(/failed its last check: .*libtensorflow_framework\.so\.2 changed/)
    overwrite(size - 1, last[0] ?? 0)
    expect((await unroll('engine', 'verify', id)).code).toBe(0)
    const { stderr: said } = await unroll('train', 'run.json', '--out', 'again', '--engine', id)
    expect(said).toMatch(/^engine tensorflow-cpu/m)
  })

  test.skipIf(!canMount)('but a folder that cannot be written still has its engine', { timeout: 60_000 }, async () => {
    using _mount = mounted(engines, '--bind', engines)
    execFileSync('mount', ['-o', 'remount,bind,ro', engines])
    const trained = await unroll('train', 'run.json', '--out', 'out', '--engine', id)
    expect([trained.code, trained.stderr]).toEqual([0, expect.stringMatching(/^engine tensorflow-cpu/m)])
    expect((await unroll('engine', 'verify', id)).code).toBe(0)
    const removed = await unroll('engine', 'remove', id)
    expect([removed.code, removed.stderr]).toEqual([1, expect.stringMatching(/engines cannot be written: /)])
    expect(readdirSync(engines)).toContain(basename(pack.folder))
  })
})
