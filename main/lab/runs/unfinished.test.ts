import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import type { JobFacts } from '../../engine/protocol.ts'
import { firstDifference, specHash } from './origin.ts'
import { resolveSpec } from './spec.ts'
import { UnfinishedRun } from './unfinished.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-unfinished-'))
})
afterEach(() => rm(folder, { recursive: true }))

const specOf = (seed: number) =>
  resolveSpec({ task: { id: 'adding', length: 2 }, cells: [{ cell: 'rnn' }], seed }, 'run.json')
const facts: JobFacts = {
  task: {
    length: 2,
    inputs: { kind: 'values', names: ['a', 'b'] },
    outputs: 'value',
    metric: { id: 'accuracy', better: 'higher' },
    loss: 'mse',
    baselines: { validation: [], test: [] },
    heldOut: 10,
  },
  runs: [
    {
      name: 'rnn',
      parameters: 7,
      config: { cell: 'rnn', inputSize: 2, hiddenSize: 1, layers: 1, outputSize: 1, head: 'last', loss: 'mse' },
    },
  ],
}
const rows = (from: number, to: number): Rows => {
  const step = Int32Array.from({ length: to - from + 1 }, (_, k) => from + k)
  const loss = Float32Array.from(step, (value) => value / 8)
  const flow = { step, hidden: ndarray([step.length, 2], new Float32Array(step.length * 2).fill(1)) }
  const validated = step.map(() => 1)
  return { history: { step, loss, metric: loss, validationLoss: loss, validationMetric: loss, validated }, flow }
}
const snapshot = (step: number) => ({
  step,
  parameters: { 'head.bias': ndarray([1], Float32Array.of(step / 3)) },
  optimizer: {},
})
const begin = (name = 'out', seed = 1) => {
  const record = { run: join(folder, 'run.json'), data: null, engine: 'wasm', version: '1', spec: specOf(seed), facts }
  return UnfinishedRun.begin(join(folder, name), record)
}
const summary = {} as RunSummary
async function trained(run: UnfinishedRun, from: number, to: number): Promise<void> {
  run.save(0, [{ summary, rows: rows(from, to) }])
  await run.saveCheckpoint(0, snapshot(to))
}
const stored = (name = 'out') => readdir(join(folder, `${name}.unfinished`, 'rnn'))
async function damage(file: string): Promise<void> {
  const path = join(folder, 'out.unfinished', 'rnn', file)
  const bytes = await readFile(path)
  await writeFile(path, bytes.subarray(0, bytes.length - 1))
}
async function found(damaged: string[] = []): Promise<UnfinishedRun> {
  const run = await UnfinishedRun.find(join(folder, 'out'), ({ message }) => damaged.push(message))
  if (!run) throw new Error('there is no unfinished run')
  return run
}

describe('an unfinished run', () => {
  it('keeps two checkpoints, each with the rows that led to it, and is found by either name', async () => {
    const run = await begin()
    for (const step of [2, 4, 6]) await trained(run, step - 1, step)
    // Rows from after the checkpoint are not part of it.
    run.save(0, [{ summary, rows: rows(7, 9) }])
    await run.saveCheckpoint(0, snapshot(8))
    expect(await stored()).toEqual(['step-0000006.safetensors', 'step-0000008.safetensors'])
    const again = await UnfinishedRun.find(run.folder)
    expect(again?.out).toBe(join(folder, 'out'))
    expect(again?.record).toEqual(run.record)
    const saved = await again?.saved()
    expect(saved?.runs[0]).toEqual({
      status: { state: 'interrupted', step: 8, stepsPerSecond: 0 },
      rows: [rows(1, 8)],
    })
    expect(await again?.loadCheckpoint(0)).toEqual(snapshot(8))
  })

  it('takes the checkpoint before a damaged one, says so, and replaces what came after', async () => {
    const run = await begin()
    for (const step of [2, 4]) await trained(run, step - 1, step)
    await damage('step-0000004.safetensors')
    const messages: string[] = []
    const again = await found(messages)
    expect((await again.saved()).runs[0]?.rows).toEqual([rows(1, 2)])
    expect(await again.loadCheckpoint(0)).toEqual(snapshot(2))
    expect(messages).toEqual([expect.stringContaining('step-0000004.safetensors')])
    await trained(again, 3, 3)
    expect(await stored()).toEqual(['step-0000002.safetensors', 'step-0000003.safetensors'])
  })

  it('whose checkpoints are all damaged is refused; without any it begins at its first update', async () => {
    const run = await begin()
    expect((await (await found()).saved()).runs[0]).toMatchObject({ status: { step: 0 }, rows: [] })
    await trained(run, 1, 2)
    await damage('step-0000002.safetensors')
    await expect((await found()).saved()).rejects.toMatchObject({
      code: 'format-invalid',
      message: expect.stringMatching(/No checkpoint/),
    })
  })

  it('does not take the checkpoint of another run for its own', async () => {
    await trained(await begin('other', 2), 1, 2)
    await begin()
    await cp(join(folder, 'other.unfinished', 'rnn'), join(folder, 'out.unfinished', 'rnn'), { recursive: true })
    await expect((await found()).saved()).rejects.toMatchObject({ message: expect.stringMatching(/No checkpoint/) })
  })

  it('is taken by one at a time', async () => {
    const run = await begin()
    run.claim()
    const other = await found()
    expect(() => other.claim()).toThrow(/is being trained by another process/)
    run.release()
    other.claim()
    expect(() => run.claim()).toThrow(expect.objectContaining({ code: 'workspace-in-use' }))
    other.release()
    run.claim()
    await run.remove()
    expect(await readdir(folder)).toEqual([])
  })

  it('with a record that cannot be read is refused by its file', async () => {
    const run = await begin()
    await writeFile(join(run.folder, 'unfinished.json'), '{"format":')
    await expect(found()).rejects.toMatchObject({
      code: 'format-invalid',
      message: expect.stringMatching(/unfinished\.json is damaged/),
    })
    await writeFile(join(run.folder, 'unfinished.json'), '{"format":"unroll-unfinished/9"}')
    await expect(found()).rejects.toMatchObject({ code: 'format-invalid', details: { field: 'format' } })
    await run.remove()
    expect(await UnfinishedRun.find(join(folder, 'out'))).toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })

  it('that cannot be written says what to do', async () => {
    const run = await begin()
    await writeFile(join(run.folder, 'rnn'), 'a file in its place')
    await expect(run.saveCheckpoint(0, snapshot(1))).rejects.toMatchObject({
      code: 'workspace-invalid',
      hint: expect.stringContaining('unroll train --resume'),
    })
  })
})

describe('the origin of a checkpoint', () => {
  it('is what decides the updates, whatever the order of fields and however many updates there are to be', () => {
    const spec = specOf(1)
    const { steps, ...rest } = spec.training
    const turned = Object.fromEntries(Object.entries(rest).reverse()) as typeof rest
    expect(specHash({ ...spec, training: { ...turned, steps: steps + 1 } })).toBe(specHash(spec))
    expect(specHash({ ...spec, training: { ...spec.training, learningRate: 0.02 } })).not.toBe(specHash(spec))
    expect(specHash(specOf(2))).not.toBe(specHash(spec))
  })

  it('names the first field that differs', () => {
    expect(firstDifference(specOf(1), specOf(1))).toBeUndefined()
    expect(firstDifference(specOf(1), specOf(2))).toEqual({ field: 'seed', before: 1, after: 2 })
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, {}] })).toEqual({
      field: 'a.1.b',
      before: 2,
      after: undefined,
    })
    expect(firstDifference({ a: [1] }, { a: { 0: 1 } })).toMatchObject({ field: 'a' })
  })
})
