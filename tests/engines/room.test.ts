import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLab, type OpenLab } from '../../main/lab/index.ts'
import type { Handlers } from '../../shared/contract.ts'
import { RunSpec } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { engines, ensurePack, id, installTime, linkPack, missing } from './pack.ts'

/** The lab with a real pack: trained on, checked, and removed under experiments that use it. */

if (missing) test.skip(`the lab with the engine ${id} (${missing})`, () => {})

const spec = parse(
  RunSpec,
  {
    task: { id: 'adding', length: 10 },
    cells: [{ cell: 'lstm', hiddenSize: 6 }],
    training: { steps: 100_000, batchSize: 4 },
  },
  'spec-invalid',
  'test',
)

describe.skipIf(missing)(`the lab with the engine ${id}`, () => {
  beforeAll(ensurePack, installTime)

  let folder: string
  let workspace: string
  let lab: OpenLab
  let handlers: Handlers
  beforeEach(async () => {
    folder = mkdtempSync(join(engines, '..', 'room-'))
    await linkPack(folder)
    process.env.UNROLL_ENGINES = folder
    workspace = mkdtempSync(join(tmpdir(), 'unroll-room-'))
    lab = await createLab({ workspace })
    handlers = lab.handlers
  })
  afterEach(async () => {
    await lab.close()
    process.env.UNROLL_ENGINES = engines
    for (const made of [folder, workspace]) rmSync(made, { recursive: true })
  })

  const engine = async () => (await handlers.engines.list()).engines.find((info) => info.id === id)
  const steps = async (experiment: string) => (await handlers.experiments.get(experiment)).runs[0]?.step ?? 0
  async function trained(experiment: string, step: number): Promise<void> {
    while ((await steps(experiment)) < step) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  test('trains on it where it is asked for, and on the fastest where it is not, and says so', async () => {
    const asked = await handlers.experiments.create(spec, 'asked', id)
    expect([asked.engine, asked.choice]).toEqual([id, { asked: id }])
    await handlers.training.step(asked.id)
    expect(await steps(asked.id)).toBe(1)

    const auto = await handlers.experiments.create(spec)
    const { timings = [] } = auto.choice ?? {}
    expect(auto.choice?.asked).toBe('auto')
    expect(timings.map((timing) => timing.id).sort()).toEqual([id, 'wasm'])
    expect(auto.engine).toBe(timings[0]?.id)
    expect((await handlers.engines.list()).choices).toEqual([
      { cell: 'lstm', time: 10, width: 2, units: 6, batch: 4, timings },
    ])
    await expect(handlers.experiments.create(spec, 'none', 'abacus')).rejects.toMatchObject({
      code: 'engine-unavailable',
    })
  })

  test('is checked: the figure is new', async () => {
    const before = (await engine())?.selfTest
    handlers.engines.verify(id)
    let news = await handlers.engines.follow()
    const stages = new Set<string | undefined>()
    while (news.work) {
      stages.add(news.work.progress?.stage)
      news = await handlers.engines.follow(news.news)
    }
    expect(news.outcomes).toMatchObject([{ id, action: 'verify', end: 'done' }])
    expect([...stages]).toEqual(expect.arrayContaining(['check', 'test']))
    const after = (await engine())?.selfTest
    expect(after?.error).toBeLessThan(1e-4)
    expect(after?.at).not.toBe(before?.at)
  })

  test('is not removed under a training; what idles lets go of it, and goes on with another', async () => {
    const { id: training } = await handlers.experiments.create(spec, 'in the way', id)
    await handlers.training.play(training)
    await trained(training, 2)
    await expect(handlers.engines.remove(id)).rejects.toMatchObject({
      code: 'busy',
      message: `"in the way" is training on ${id}.`,
      details: { engine: id, experiment: 'in the way' },
    })
    expect((await engine())?.state).toBe('ready')

    await handlers.training.pause(training)
    const kept = await steps(training)
    const { changes } = await handlers.engines.follow()
    await handlers.engines.remove(id)
    expect((await handlers.engines.follow()).changes).toBe(changes + 1)
    expect((await engine())?.state).toBe('not-installed')
    expect(readdirSync(folder).filter((name) => name.startsWith(id))).toEqual([])
    await handlers.training.step(training)
    const { engine: other, choice, runs } = await handlers.experiments.get(training)
    expect([other, choice?.asked, runs[0]?.step]).toEqual(['wasm', id, kept + 1])
  })
})
