import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { softwareGpu } from '../../build/software-gpu.mjs'
import { finished, startCli } from '../../main/cli/child.ts'
import type { EngineInfo } from '../../shared/contract.ts'

const id = 'webgpu'
const gpu = softwareGpu(process.platform, process.env)

if (!gpu) test.skip(`the engine ${id} (no SwiftShader on this machine: Chromium or Chrome on Linux has it)`, () => {})

/** Each test goes on where the one before it left the folder of engines. */
describe.skipIf(!gpu)(`the engine ${id} on a software GPU`, () => {
  let folder: string
  let engines: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-webgpu-'))
    engines = join(folder, 'engines')
    return () => rmSync(folder, { recursive: true })
  })

  const unrollWith = (env: Record<string, string>, ...args: string[]) =>
    finished(startCli(folder, args, { UNROLL_ENGINES: engines, ...env }))
  const unroll = (...args: string[]) => unrollWith({ ...gpu }, ...args)
  const listed = async (env: Record<string, string> = { ...gpu }): Promise<EngineInfo> => {
    const { stdout } = await unrollWith(env, 'engine', 'list', '--json')
    return (JSON.parse(stdout) as EngineInfo[]).find((info) => info.id === id) as EngineInfo
  }
  const write = (name: string, ...cells: string[]): string => {
    const task = { id: 'adding', length: 4 }
    const training = { steps: 4, batchSize: 4 }
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify({ task, cells: cells.map((cell) => ({ cell, hiddenSize: 4 })), training }))
    return path
  }
  const record = () => JSON.parse(readFileSync(join(engines, 'self-tests.json'), 'utf8'))
  /** Another outcome of the self-test that was made. */
  const pretend = (change: object) => {
    const { version, tests } = record()
    const content = { version, tests: { [id]: { ...tests[id], ...change } } }
    writeFileSync(join(engines, 'self-tests.json'), JSON.stringify(content))
  }

  test('is listed with its device, which is said to be software, and without a self-test', async () => {
    const info = await listed()
    expect(info).toMatchObject({
      state: 'ready',
      device: { name: expect.stringMatching(/swiftshader.*\(software\)$/i) },
    })
    expect(info.selfTest).toBeUndefined()
  })

  test('is compared with PyTorch before its first run, which is remembered', async () => {
    const { code, stderr } = await unroll('train', write('run.json', 'lstm'), '--out', 'whole', '--engine', id)
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const { selfTest } = await listed()
    expect(selfTest?.error).toBeLessThan(1e-4)
    expect(selfTest?.error).toBeGreaterThan(0)
    expect(selfTest?.unsupported).toBeUndefined()
  })

  test('goes on bit for bit in another process', async () => {
    const train = async (...args: string[]) => expect((await unroll('train', ...args)).code).toBe(0)
    await train(join(folder, 'run.json'), '--out', 'parts', '--engine', id, '--stop-at', '2')
    await train('--resume', 'parts')
    const [parts, whole] = ['parts', 'whole'].map((out) => readFileSync(join(folder, out, 'lstm', 'model.safetensors')))
    expect(parts?.equals(whole as Buffer)).toBe(true)
  })

  test('is one of those that auto measures, and chosen only where it is the fastest', async () => {
    const { code, stderr } = await unroll('train', join(folder, 'run.json'), '--out', 'auto')
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const [, chosen, first] = /^engine (\S+) \(a step: (\S+) [\d.]+ ms, \S+ [\d.]+ ms\)$/m.exec(stderr) ?? []
    expect([stderr, chosen]).toEqual([stderr, first])
    expect(stderr).toMatch(/webgpu [\d.]+ ms/)
  })

  test('is refused for a cell that its self-test has found it cannot compute, and auto leaves it out', async () => {
    pretend({ unsupported: ['gru: no operation Relu'] })
    const run = write('gru.json', 'lstm', 'gru')
    const refused = await unroll('train', run, '--out', 'refused', '--engine', id)
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('webgpu cannot compute gru: no operation Relu.'),
    ])
    const { code, stderr } = await unroll('train', run, '--out', 'elsewhere')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^engine wasm$/m)])
    expect((await unroll('engine', 'list')).stdout).toMatch(/^webgpu {2}ready .*without gru: no operation Relu$/m)
  })

  test('is refused where its self-test failed', async () => {
    pretend({ error: 0.01 })
    expect(await listed()).toMatchObject({ state: 'unavailable', problem: { code: 'engine-unavailable' } })
    const { code, stderr } = await unroll('train', join(folder, 'run.json'), '--out', 'wrong', '--engine', id)
    expect([code, stderr]).toEqual([2, expect.stringContaining('webgpu computes wrong on this machine: off by 0.010')])
    expect((await unroll('train', join(folder, 'run.json'), '--out', 'right')).stderr).toMatch(/^engine wasm$/m)
  })

  test('is unavailable on a machine without a GPU, with the reason and what to do, and nothing is wrong there', async () => {
    const none = { ...gpu, VK_DRIVER_FILES: join(folder, 'no-driver.json') }
    expect(await listed(none)).toMatchObject({
      state: 'unavailable',
      description: expect.stringMatching(/There is no GPU with a driver.*use the engine wasm/),
    })
    expect(await unrollWith(none, 'doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^note {2}engine webgpu/m),
    })
    const { code, stderr } = await unrollWith(none, 'train', join(folder, 'run.json'), '--out', 'none', '--engine', id)
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no GPU with a driver')])
  })
})
