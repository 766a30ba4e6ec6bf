import { afterEach, describe, expect, it } from 'vitest'
import type { RunSpecInput } from '../../../shared/spec.ts'
import { resolveSpec } from './spec.ts'
import { noStore, type TrainingStore } from './store.ts'
import { Training } from './training.ts'

const spec = (change: Partial<RunSpecInput> = {}) =>
  resolveSpec(
    {
      task: { id: 'adding', length: 6 },
      cells: [
        { cell: 'rnn', hiddenSize: 4 },
        { cell: 'lstm', hiddenSize: 4 },
      ],
      training: { steps: 20, batchSize: 4 },
      ...change,
    },
    'run.json',
  )

const opened: Training[] = []
async function create(change: Partial<RunSpecInput> = {}): Promise<Training> {
  const training = await Training.create({ spec: spec(change) })
  opened.push(training)
  return training
}
afterEach(async () => {
  for (const training of opened.splice(0)) await training.close()
})

describe('a training', () => {
  it('trains every run to the end and has a row for every step', async () => {
    const training = await create()
    expect(training.facts.runs.map(({ name }) => name)).toEqual(['rnn', 'lstm'])
    await training.play()
    await training.until(() => training.summaries.every(({ state }) => state === 'done'))
    for (const run of [0, 1]) {
      const { history, flow } = training.rows(run)
      expect([...history.step]).toEqual(Array.from({ length: 20 }, (_, k) => k + 1))
      expect(flow.hidden.shape).toEqual([flow.step.length, 6])
      expect(flow.step[0]).toBe(1)
      expect(flow.step.at(-1)).toBe(20)
    }
    expect(training.rows(0).flow.cell).toBeUndefined()
    expect(training.rows(1).flow.cell?.shape).toEqual(training.rows(1).flow.hidden.shape)
    expect((await training.snapshot(1)).step).toBe(20)
    expect(training.summaries[1]?.loss).toBe(training.rows(1).history.loss.at(-1))
  })

  it('hands its rows to whoever follows, each once, and wakes them for a change of state', async () => {
    const training = await create({ training: { steps: 100_000, batchSize: 4 } })
    await training.play()
    const steps: number[] = []
    let cursor = { epoch: 0, history: [0, 0], flow: [0, 0], news: 0 }
    const pull = async () => {
      const { runs, epoch, news } = await training.follow(cursor)
      steps.push(...(runs[0]?.history.step ?? []))
      const read = (column: 'history' | 'flow') =>
        runs.map((run, k) => (cursor[column][k] ?? 0) + run[column].step.length)
      cursor = { epoch, news, history: read('history'), flow: read('flow') }
      return runs
    }
    while (steps.length < 50) await pull()
    await training.pause()
    let runs = await pull()
    while (runs[0]?.state !== 'paused') runs = await pull()
    expect(steps).toEqual(Array.from({ length: runs[0].step }, (_, k) => k + 1))
    const waiting = training.follow(cursor)
    await training.step()
    expect((await waiting).runs[0]?.history.step.length).toBeLessThanOrEqual(1)
  })

  it('is interrupted when its engine is killed, and goes on from the last snapshot as if nothing had been', async () => {
    const training = await create({ training: { steps: 60, batchSize: 4 } })
    await training.play(25)
    await training.until(() => training.summaries.every(({ step }) => step === 25))
    await training.pause()
    await training.play(100_000)
    await training.until(() => training.summaries.every(({ step }) => step > 30))
    process.kill(training.pid ?? 0, 'SIGKILL')
    await training.until(() => training.summaries.every(({ state }) => state === 'interrupted'))
    expect(training.summaries[0]?.failure?.code).toBe('engine-died')
    expect(training.pid).toBeUndefined()
    const before = training.rows(0).history
    await training.step()
    expect(training.epoch).toBe(1)
    const kept = (await training.snapshot(0)).step
    expect(kept).toBe(26)
    const after = training.rows(0).history
    expect([...after.step]).toEqual(Array.from({ length: kept }, (_, k) => k + 1))
    expect([...after.loss]).toEqual([...before.loss.subarray(0, kept)])
  })

  it('stops a run that is no longer finite and lets the other go on', async () => {
    const training = await create({
      cells: [
        { cell: 'rnn', hiddenSize: 4, activation: 'relu' },
        { cell: 'lstm', hiddenSize: 4 },
      ],
      training: { steps: 30, batchSize: 2, learningRate: 10, clipNorm: null, init: 'identity' },
      task: { id: 'adding', length: 40 },
    })
    await training.play()
    await training.until(() => !training.isTraining && (training.summaries[1]?.step ?? 0) > 0)
    const [rnn, lstm] = training.summaries
    expect(rnn).toMatchObject({ state: 'failed', failure: { code: 'loss-not-finite' } })
    expect(lstm).toMatchObject({ state: 'done', step: 30 })
    expect((await training.snapshot(0)).step).toBe(rnn?.step)
  })

  it('stops when what it reports cannot be saved, loses nothing, and saves it all once there is room', async () => {
    let full = true
    const saved: number[] = []
    const store: TrainingStore = {
      ...noStore,
      save(_epoch, runs) {
        if (full) throw new Error('ENOSPC: no space left on device')
        saved.push(...(runs[0]?.rows.history.step ?? []))
      },
    }
    const training = await Training.create({ spec: spec({ training: { steps: 100_000, batchSize: 4 } }), store })
    opened.push(training)
    await training.play()
    await training.until(() => training.summaries.every(({ state }) => state === 'interrupted'))
    expect(training.summaries[0]?.failure).toMatchObject({
      code: 'workspace-invalid',
      message: expect.stringContaining('ENOSPC'),
    })
    full = false
    await training.step()
    await training.stop()
    const { step } = training.rows(0).history
    expect(saved).toEqual([...step])
    expect(saved).toEqual(Array.from(saved, (_, k) => k + 1))
  })

  it('ends its engine when it is stopped, and starts another when one is needed', async () => {
    const training = await create()
    const { pid } = training
    await training.step()
    await training.stop()
    expect(training.pid).toBeUndefined()
    expect(() => process.kill(pid ?? 0, 0)).toThrow()
    expect((await training.snapshot(0)).step).toBe(1)
    expect(training.pid).toBeUndefined()
    expect((await training.answers()).outputs).toHaveLength(2)
  })
})
