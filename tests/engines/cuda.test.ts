import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finished, startCli } from '../../main/cli/child.ts'
import { cudaId } from '../../main/engine/backends/cuda/cuda.ts'
import { diagnosisIds } from '../../main/engine/backends/cuda/diagnosis.ts'
import { notLoadable } from '../../main/engine/backends/not-loadable.ts'
import { zh } from '../../renderer/i18n/zh.ts'
import type { EngineInfo } from '../../shared/contract.ts'
import { ensurePack, id, installTime, linkPack, missing } from './pack.ts'

/** Both packs beside each other. CUDA's is TensorFlow for processors under another name: it cannot find a GPU. */

const hasDriver = notLoadable('libcuda.so.1') === undefined
const reason = hasDriver
  ? /computes on the CPU|no usable GPU|finds no GPU|hides|memory free|too old/
  : /no NVIDIA driver/

if (missing) test.skip(`${cudaId} beside ${id} (${missing})`, () => {})

describe.skipIf(missing)(`${cudaId} beside ${id}`, () => {
  let folder: string
  const unroll = (...args: string[]) => finished(startCli(folder, args, { UNROLL_ENGINES: join(folder, 'engines') }))
  const listed = async (engine: string): Promise<EngineInfo | undefined> => {
    const { stdout } = await unroll('engine', 'list', '--json')
    return (JSON.parse(stdout) as EngineInfo[]).find((info) => info.id === engine)
  }
  const engineOf = (out: string) => JSON.parse(readFileSync(join(folder, out, 'run.json'), 'utf8')).engine

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-cuda-'))
    await ensurePack()
    for (const each of [id, cudaId]) await linkPack(join(folder, 'engines'), each)
    const spec = { task: { id: 'adding', length: 4 }, cells: [{ cell: 'lstm', hiddenSize: 2 }] }
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...spec, training: { steps: 2 } }))
  }, installTime)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('does not pose as what it is not: it is listed with the reason', { timeout: 60_000 }, async () => {
    expect(await listed(cudaId)).toMatchObject({
      state: 'unavailable',
      description: expect.stringMatching(reason),
      problem: { code: 'engine-unavailable', details: { cuda: expect.toBeOneOf([...diagnosisIds]) } },
    })
    const { code, stderr } = await unroll('train', 'run.json', '--out', 'cuda', '--engine', cudaId)
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)])
  })

  test('gives way to it where an engine is asked for by the name of both', { timeout: 60_000 }, async () => {
    const { code, stderr } = await unroll('train', 'run.json', '--out', 'either', '--engine', 'tensorflow')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^engine tensorflow-cpu/m)])
    expect(engineOf('either')).toBe(id)
  })

  test('is not chosen by auto', { timeout: 60_000 }, async () => {
    const { code, stderr } = await unroll('train', 'run.json', '--out', 'auto')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining(cudaId)])
    expect(['wasm', id]).toContain(engineOf('auto'))
  })

  test.skipIf(hasDriver)('is not fetched for a machine that cannot use it', { timeout: 60_000 }, async () => {
    const { code, stderr } = await unroll('engine', 'install', cudaId)
    expect([code, stderr]).toEqual([2, expect.stringMatching(reason)])
    expect(stderr).not.toContain('fetching')
  })

  test('is removed alone', { timeout: 60_000 }, async () => {
    expect((await unroll('engine', 'remove', cudaId)).code).toBe(0)
    expect((await listed(cudaId))?.state).toBe('not-installed')
    expect((await listed(id))?.state).toBe('ready')
  })
})

test('every reason that CUDA can have has a sentence and a hint in Chinese', () => {
  const said = diagnosisIds.map((cuda) => {
    const details = { engine: cudaId, cuda, driver: '1', needed: '2', free: 3, device: 'GPU' }
    return zh.engines.failure({ code: 'engine-unavailable', message: 'x', hint: 'y', details })
  })
  expect(new Set(said.map(({ message }) => message)).size).toBe(diagnosisIds.length)
  for (const { message, hint } of said) expect(`${message}${hint}`).toMatch(/^[^!?]{20,}$/)
})
