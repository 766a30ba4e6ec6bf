import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RunSpec, type RunSpecInput } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { readZip } from './formats/zip.ts'
import { folder, handlers, lab, start } from './test-lab.ts'

const spec = (input: RunSpecInput) => parse(RunSpec, input, 'spec-invalid', 'test')
const adding = spec({
  task: { id: 'adding', length: 5 },
  cells: [
    { cell: 'rnn', hiddenSize: 3 },
    { cell: 'lstm', hiddenSize: 3 },
  ],
  training: { steps: 12, batchSize: 4 },
})
const bytesOf = (text: string) => new TextEncoder().encode(text)

async function settled(id: string): Promise<void> {
  let cursor = { epoch: 0, news: 0, history: [] as number[], flow: [] as number[] }
  for (;;) {
    const { runs, epoch, news } = await handlers.training.follow(id, cursor)
    if (runs.every(({ state }) => state === 'done' || state === 'paused')) return
    cursor = { epoch, news, history: runs.map(() => 1e6), flow: runs.map(() => 1e6) }
  }
}

describe('the lab', () => {
  it('trains, answers, exports, and finds everything after a restart', async () => {
    const { id, name, runs } = await handlers.experiments.create(adding)
    expect([name, runs.map((run) => run.state)]).toEqual(['adding: rnn, lstm', ['ready', 'ready']])
    await handlers.training.play(id)
    await settled(id)
    expect((await handlers.results.answers(id)).outputs).toHaveLength(2)
    expect(await handlers.results.example(id, 0)).toMatchObject({ index: 0, runs: [{ step: 12 }, { step: 12 }] })
    const { name: file, bytes } = await handlers.exports.model(id, 1, 'model')
    expect(file).toBe('adding-rnn-lstm-lstm-model.zip')
    const files = readZip(bytes, file)
    expect(new TextDecoder().decode(files['lstm/history.csv']).trim().split('\n')).toHaveLength(13)
    const horizon = async (threshold?: number) => (await handlers.experiments.get(id, threshold)).runs[0]?.horizon
    expect([await horizon(1e-30), await horizon(1)]).not.toEqual([await horizon(), await horizon()])
    expect(await horizon(1e-30)).toBe(5)
    const traced = await Promise.all([1e-30, 1].map((threshold) => handlers.results.example(id, 0, threshold)))
    const [low, high] = traced.map(({ runs }) => runs[0]?.trace['layers.0.horizon.hidden']?.data[0] as number)
    expect(low).toBe(5)
    expect(high).toBeLessThan(5)
    const before = await handlers.experiments.get(id)
    const renamed = await handlers.experiments.rename(id, 'the second name')
    expect(renamed).toMatchObject({ name: 'the second name', updatedAt: before.updatedAt })
    await lab.close()

    await start()
    const [again] = await handlers.experiments.list()
    expect(again).toMatchObject({ id, name: 'the second name', spec: before.spec, facts: before.facts })
    expect(again?.runs).toEqual(before.runs)
    const { runs: rows } = await handlers.training.follow(id, { epoch: 0, history: [0, 0], flow: [0, 0] })
    expect(rows.map(({ history }) => history.step.length)).toEqual([12, 12])
    expect(await handlers.exports.model(id, 1, 'model')).toEqual({ name: 'the-second-name-lstm-model.zip', bytes })
    await handlers.training.play(id, 15)
    await settled(id)
    expect((await handlers.experiments.get(id)).runs.map(({ step }) => step)).toEqual([15, 15])
  })

  it('looks into any stored state of training, also after a restart', async () => {
    const { id } = await handlers.experiments.create(adding)
    await handlers.training.play(id)
    await settled(id)
    const example = (query: object) =>
      handlers.inspect.example(id, { examples: 'test', index: 3, jacobians: false, ...query })
    const gates = await handlers.inspect.gates(id)
    const present = await example({})
    await lab.close()

    await start()
    const { runs } = await handlers.inspect.steps(id)
    expect(runs.map(({ steps }) => [...steps])).toEqual([0, 1].map(() => Array.from({ length: 13 }, (_, k) => k)))
    expect(await example({})).toEqual(present)
    expect(await example({ step: 12 })).toEqual(present)
    const states = [0, 5, 11].map(async (step) => (await example({ step })).runs.map((run) => [run.step, run.answer]))
    const [first, middle, late] = await Promise.all(states)
    expect([first, middle, late].map((at) => at?.[0]?.[0])).toEqual([0, 5, 11])
    expect(new Set([first, middle, late, present.runs.map((run) => [run.step, run.answer])].map(String)).size).toBe(4)
    const losses = await Promise.all([0, 12].map((step) => handlers.results.answers(id, step)))
    expect(losses[0]?.scores).not.toEqual(losses[1]?.scores)
    expect(losses[1]).toEqual(await handlers.results.answers(id))

    expect(await handlers.inspect.gates(id)).toEqual(gates)
    expect(gates.runs[1]?.arrays['layers.0.histogram.gates.forget']?.shape).toEqual([13, 20])
    expect(gates.runs[0]?.arrays['layers.0.saturation.hidden.beyond']?.shape).toEqual([13])
    const query = { examples: 'train', limit: 6, jacobians: 0 } as const
    const [before, after] = await Promise.all([0, 12].map((step) => handlers.inspect.batch(id, { ...query, step })))
    expect(before?.count).toBe(6)
    expect(before?.runs[1]?.loss).not.toBe(after?.runs[1]?.loss)
  })

  it('opens a model from files and shows it as one of its own', async () => {
    const { id } = await handlers.experiments.create(adding)
    await handlers.training.play(id)
    await settled(id)
    const download = await handlers.exports.model(id, 1, 'model')
    const [name, bytes] = [download.name, Uint8Array.from(download.bytes)]
    const incomplete = await handlers.inspect.open([{ name, bytes }], {})
    expect(incomplete).toMatchObject({ state: 'incomplete', missing: [{ field: 'examples' }] })
    const task = { id: 'adding', length: 5 }
    const opened = await handlers.inspect.open([{ name, bytes }], { task, seed: 1 })
    if (opened.state !== 'open') throw new Error(opened.state)
    const query = { examples: 'test', index: 2, jacobians: false } as const
    const [mine, original] = await Promise.all([opened.id, id].map((of) => handlers.inspect.example(of, query)))
    expect(mine?.runs[0]).toEqual({ ...original?.runs[1], step: 0 })
    expect((await handlers.results.answers(opened.id)).scores[0]?.loss).toBeGreaterThan(0)
    expect(await handlers.inspect.steps(opened.id)).toEqual({ runs: [{ steps: Int32Array.of(0) }] })
    expect((await handlers.inspect.gates(opened.id)).runs[0]?.step).toHaveLength(0)
    const refused = handlers.inspect.open([{ name, bytes }], { task: { id: 'copy' } })
    await expect(refused).rejects.toMatchObject({ code: 'model-invalid' })
    await handlers.inspect.close(opened.id)
    await expect(async () => handlers.inspect.example(opened.id, query)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('gives a cell the size that matches another one’s parameters, and keeps it', async () => {
    const cells = [
      { cell: 'lstm', hiddenSize: 8 },
      { cell: 'rnn', matchParametersOf: 0 },
    ]
    const { id, spec: stored, runs } = await handlers.experiments.create(spec({ ...adding, cells }))
    expect(stored.cells.map(({ hiddenSize }) => hiddenSize)).toEqual([8, 17])
    expect(runs.map(({ parameters }) => parameters)).toEqual([393, 375])
    await lab.close()
    await start()
    await handlers.training.step(id)
    expect((await handlers.experiments.get(id)).runs.map(({ step }) => step)).toEqual([1, 1])
  })

  it('continues bit for bit after it was killed while training', async () => {
    await lab.close()
    const url = JSON.stringify(new URL('./index.ts', import.meta.url).href)
    const script = `const { createLab } = await import(${url})
      const { handlers } = await createLab({ workspace: ${JSON.stringify(folder)} })
      const { id } = await handlers.experiments.create(${JSON.stringify({ ...adding, training: { ...adding.training, steps: 100000 } })})
      await handlers.training.play(id, 10)
      let runs = []
      while (runs.length === 0 || runs.some((run) => run.step < 10)) runs = (await handlers.experiments.get(id)).runs.map((run) => run), await new Promise((r) => setTimeout(r, 20))
      await handlers.training.pause(id)
      await handlers.training.play(id, 100000)
      setTimeout(() => console.log(id), 1300)`
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const id = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())))
    const exit = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exit
    await start()
    const { runs } = await handlers.experiments.get(id)
    expect(runs.map(({ state }) => state)).toEqual(['interrupted', 'interrupted'])
    expect(runs[0]?.step).toBeGreaterThan(10)
    await handlers.training.step(id)
    const rows = await handlers.training.follow(id, { epoch: 0, history: [0, 0], flow: [0, 0] })
    const steps = [...(rows.runs[0]?.history.step ?? [])]
    expect(steps).toEqual(Array.from(steps, (_, k) => k + 1))
    expect(steps.length).toBeGreaterThan(10)

    const { id: whole } = await handlers.experiments.create(adding)
    await handlers.training.play(whole, steps.length)
    await settled(whole)
    const other = await handlers.training.follow(whole, { epoch: 0, history: [0, 0], flow: [0, 0] })
    expect(other.runs[0]?.history.loss).toEqual(rows.runs[0]?.history.loss)
  })

  it('deletes and brings back', async () => {
    const { id } = await handlers.experiments.create(adding)
    await handlers.training.play(id, 100_000)
    await handlers.experiments.remove(id)
    expect(await handlers.experiments.list()).toEqual([])
    expect(() => handlers.training.play(id)).toThrow(/no experiment/)
    await handlers.experiments.restore(id)
    expect((await handlers.experiments.get(id)).runs.every(({ state }) => state !== 'training')).toBe(true)
  })

  it('trains on a text and on a table that came in, also after they were deleted', async () => {
    const text = await handlers.datasets.import({ name: 'a.txt', bytes: bytesOf('abcab '.repeat(100)) })
    const values = Array.from({ length: 80 }, (_, k) => `${k},${Math.sin(k / 3)},x`).join('\n')
    const table = await handlers.datasets.import({ name: 'wave.csv', bytes: bytesOf(`t,wave,note\n${values}\n`) })
    expect((await handlers.datasets.list()).map(({ kind }) => kind).sort()).toEqual(['table', 'text'])
    const cells = [{ cell: 'lstm', hiddenSize: 3 }]
    const training = { steps: 3, batchSize: 2 }
    const letters = await handlers.experiments.create(
      spec({ task: { id: 'text', file: text.id, window: 5 }, cells, training }),
    )
    expect([letters.name, letters.facts.vocabulary]).toEqual(['a: lstm', [' ', 'a', 'b', 'c']])
    const forecast = await handlers.experiments.create(
      spec({ task: { id: 'csv', file: table.id, target: 'wave', window: 4 }, cells, training }),
      'waves',
    )
    expect(forecast.name).toBe('waves')
    expect(forecast.facts.inputs).toEqual({ kind: 'values', names: ['t', 'wave'] })
    await handlers.training.play(forecast.id)
    await settled(forecast.id)
    await handlers.datasets.remove(text.id)
    await lab.close()
    await start()
    expect(await handlers.results.sample(letters.id, 0, 'ab', 4, 0)).toHaveLength(4)
    expect((await handlers.results.answers(forecast.id)).baselines.persistence).toBeDefined()
  })

  it('says what is wrong before anything is kept', async () => {
    const text = await handlers.datasets.import({ name: 'a.txt', bytes: bytesOf('abc'.repeat(9)) })
    const cells = [{ cell: 'lstm', hiddenSize: 3 }]
    const create = (task: RunSpecInput['task']) => handlers.experiments.create(spec({ task, cells }))
    await expect(create({ id: 'text', file: text.id })).rejects.toMatchObject({ code: 'text-too-short' })
    await expect(create({ id: 'csv', file: text.id, target: 'a' })).rejects.toMatchObject({ code: 'spec-invalid' })
    await expect(create({ id: 'text', file: 'none' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(create({ id: 'adding', length: -1 })).rejects.toMatchObject({ code: 'spec-invalid' })
    await expect(handlers.datasets.import({ name: 'a.csv', bytes: new Uint8Array(0) })).rejects.toMatchObject({
      code: 'file-empty',
    })
    expect(await handlers.experiments.list()).toEqual([])
    const [dataset] = await handlers.datasets.list()
    expect(dataset).toEqual(text)
  })

  it('describes itself for forms', async () => {
    const info = await handlers.lab.info()
    expect(info.cells).toContainEqual({ id: 'rnn', hasCellState: false, gates: [] })
    expect(info.tasks.find(({ id }) => id === 'csv')).toMatchObject({
      needs: 'table',
      schema: { required: ['id', 'file', 'target'], properties: { window: { minimum: 1, default: 24 } } },
    })
    expect(JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')).version).toBe(
      info.version,
    )
  })
})

it('checks itself on an engine of its own, and refuses an engine that is not there', async () => {
  const { rows, engine } = await handlers.lab.check('paths')
  expect(engine).toBe('wasm')
  expect(rows.every(({ figure, limit }) => figure <= limit)).toBe(true)
  await expect(handlers.lab.check('paths', 'abacus')).rejects.toMatchObject({ code: 'engine-unavailable' })
})
