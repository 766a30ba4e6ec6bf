import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { finished, startCli } from '../../main/cli/child.ts'
import { disagreements } from '../../main/engine/checks/compare.ts'
import { startLabEngine } from '../../main/lab/engines.ts'
import type { EngineInfo } from '../../shared/contract.ts'
import { committed, readGolden, readIndex } from '../parity/goldens.ts'
import { engines, ensurePack, id, installTime, missing } from './pack.ts'

if (missing) test.skip(`the engine ${id} (${missing})`, () => {})

describe.skipIf(missing)(`the engine ${id}`, () => {
  let folder: string
  const unroll = (...args: string[]) => finished(startCli(folder, args, { UNROLL_ENGINES: engines }))
  const listed = async (): Promise<EngineInfo> => {
    const { stdout } = await unroll('engine', 'list', '--json')
    return (JSON.parse(stdout) as EngineInfo[]).find((info) => info.id === id) as EngineInfo
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-engine-'))
    await ensurePack()
    return () => rmSync(folder, { recursive: true })
  }, installTime)

  test('is listed with its version, size and self-test', async () => {
    const info = await listed()
    expect(info).toMatchObject({ id, state: 'ready', version: '2.21.0', selfTest: { limit: 1e-4 } })
    expect(info.selfTest?.error).toBeLessThan(1e-4)
    expect(info.bytes).toBeGreaterThan(5e8)
  })

  test(
    'passes verify, which hashes every file and compares with PyTorch anew',
    async () => {
      const { code, stdout } = await unroll('engine', 'verify', id)
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^verified {2}tensorflow-cpu .*off PyTorch by/)])
    },
    installTime,
  )

  test('traces every committed golden as PyTorch does', async () => {
    const engine = await startLabEngine({ backend: id })
    try {
      const { cases } = readIndex(committed)
      expect(cases.length).toBeGreaterThan(90)
      for (const { name } of cases) {
        const { model, batch, trace } = readGolden(committed, name)
        expect(disagreements(await engine.functions.trace(model, batch), trace), name).toEqual([])
      }
    } finally {
      await engine.stop()
    }
  })

  test('is one of those that auto chooses from, by a few steps of the run itself', async () => {
    const run = join(folder, 'auto.json')
    const spec = { task: { id: 'adding', length: 6 }, cells: [{ cell: 'lstm', hiddenSize: 4 }] }
    writeFileSync(run, JSON.stringify({ ...spec, training: { steps: 3 } }))
    const { code, stderr } = await unroll('train', run, '--out', 'auto')
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const [, chosen, first] = /^engine (\S+) \(a step: (\S+) [\d.]+ ms, \S+ [\d.]+ ms\)$/m.exec(stderr) ?? []
    expect([stderr, chosen]).toEqual([stderr, first])
    expect(JSON.parse(readFileSync(join(folder, 'auto', 'run.json'), 'utf8')).engine).toBe(chosen)
  })

  test('trains, is named in the result, and goes on bit for bit', async () => {
    const run = join(folder, 'run.json')
    const spec = { task: { id: 'adding', length: 8 }, cells: [{ cell: 'lstm', hiddenSize: 5 }, { cell: 'gru' }] }
    writeFileSync(run, JSON.stringify({ ...spec, training: { steps: 12, batchSize: 4 } }))
    const train = async (...args: string[]) => {
      const { code, stderr } = await unroll('train', ...args)
      expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    }
    await train(run, '--out', 'whole', '--engine', 'tensorflow')
    await train(run, '--out', 'parts', '--engine', id, '--stop-at', '5')
    await train('--resume', 'parts')
    const model = (out: string, cell: string) => readFileSync(join(folder, out, cell, 'model.safetensors'))
    for (const cell of ['lstm', 'gru']) expect(model('parts', cell).equals(model('whole', cell))).toBe(true)
    expect(JSON.parse(readFileSync(join(folder, 'whole', 'run.json'), 'utf8'))).toMatchObject({
      engine: id,
      versions: { engine: '2.21.0' },
    })
  })
})
