import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { SetHeader } from '../../../shared/sequences.ts'
import type { Rows, RunState } from '../../../shared/telemetry.ts'
import type { JobFacts, Snapshot } from '../../engine/protocol.ts'
import type { StoredRow } from '../datasets/rows.ts'
import { inspectFile } from '../datasets/source.ts'
import { resolveSpec } from '../runs/spec.ts'
import { Workspace } from './workspace.ts'

let folder = ''
const open: Workspace[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-workspace-'))
})
afterEach(async () => {
  for (const workspace of open.splice(0)) workspace.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<Workspace> {
  const workspace = await Workspace.open(folder)
  open.push(workspace)
  return workspace
}
function close(workspace: Workspace): void {
  open.splice(open.indexOf(workspace), 1)
  workspace.close()
}

const bytes = new TextEncoder().encode('a,b\n1,2\n3,4\n')
const addTable = (workspace: Workspace, name = 'a.csv') => workspace.datasets.add(name, inspectFile(name, bytes), bytes)

const spec = resolveSpec({ task: { id: 'adding', length: 2 }, cells: [{ cell: 'rnn' }] }, 'run.json')
const jobFacts: JobFacts = {
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
function addExperiment(workspace: Workspace): string {
  const id = workspace.experiments.newId()
  const choice = { asked: 'auto' }
  workspace.experiments.insert({ id, name: 'first', spec, engine: 'wasm', choice, jobFacts, source: undefined })
  return id
}

function rows(from: number, to: number): Rows {
  const step = Int32Array.from({ length: to - from + 1 }, (_, k) => from + k)
  const values = Float32Array.from(step, (value) => value / 8)
  return {
    history: {
      step,
      loss: values,
      metric: values,
      validationLoss: values.map(() => Number.NaN),
      validationMetric: values.map(() => Number.NaN),
    },
    flow: { step, hidden: ndarray([step.length, 2], new Float32Array(step.length * 2).fill(1)) },
  }
}
const summary = (state: RunState, step: number): RunSummary => ({
  name: 'rnn',
  cell: 'rnn',
  parameters: 7,
  state,
  step,
  stepsPerSecond: 0,
  loss: 0.5,
  metric: Number.NaN,
  validationLoss: Number.NaN,
  validationMetric: Number.NaN,
  horizon: 2,
})
const snapshot = (step: number): Snapshot => ({
  step,
  parameters: { 'head.bias': ndarray([1], Float32Array.of(step / 3)) },
  optimizer: { 'adam.m.head.bias': ndarray([1], Float32Array.of(1 / step)) },
})
async function objects(): Promise<string[]> {
  const names = await readdir(join(folder, 'objects'), { recursive: true }).catch(() => [])
  return names.filter((name) => name.length > 2)
}

describe('a workspace', () => {
  it('finds everything again', async () => {
    let workspace = await start()
    const dataset = await addTable(workspace)
    const id = addExperiment(workspace)
    workspace.store(id).save(0, [{ summary: summary('paused', 3), rows: rows(1, 3) }])
    await workspace.store(id).saveCheckpoint(0, snapshot(3))
    close(workspace)
    workspace = await start()
    expect(workspace.datasets.list()).toEqual([dataset])
    expect(await workspace.datasets.content(dataset)).toEqual(Buffer.from(bytes))
    const experiment = workspace.experiments.get(id)
    expect(experiment).toMatchObject({ name: 'first', spec, runs: [{ state: 'paused', step: 3, metric: Number.NaN }] })
    expect(workspace.experiments.saved(experiment).runs[0]?.rows).toEqual([rows(1, 3)])
    expect(await workspace.store(id).loadCheckpoint(0)).toEqual(snapshot(3))
  })

  it('reads baselines of before they were told apart by split', async () => {
    let workspace = await start()
    const id = addExperiment(workspace)
    close(workspace)
    const database = new DatabaseSync(join(folder, 'lab.sqlite'))
    database.exec(`UPDATE experiments SET facts = json_set(facts, '$.task.baselines', json('[{"id":"mean"}]'))`)
    for (const table of ['sets', 'versions', 'log']) database.exec(`DROP TABLE sequence_${table}`)
    database.exec('DROP TABLE sequences; DROP TABLE moments')
    database.exec('ALTER TABLE experiments DROP COLUMN choice; PRAGMA user_version = 1')
    database.close()
    workspace = await start()
    const mean = [{ id: 'mean' }]
    expect(workspace.experiments.get(id).facts.baselines).toEqual({ validation: mean, test: mean })
    expect(workspace.experiments.get(id).choice).toBeUndefined()
  })

  it('knows the engine an experiment went on with, and what it was chosen by', async () => {
    const { experiments } = await start()
    const id = addExperiment({ experiments } as Workspace)
    experiments.movedTo(id, 'wasm', [{ id: 'wasm', ms: 1 }])
    expect(experiments.get(id)).toMatchObject({ engine: 'wasm', choice: { asked: 'auto' } })
    expect(experiments.get(id).choice?.timings).toBeUndefined()
    const timings = [
      { id: 'other', ms: 1 },
      { id: 'wasm', ms: 2 },
    ]
    experiments.movedTo(id, 'other', timings)
    expect(experiments.get(id)).toMatchObject({ engine: 'other', choice: { asked: 'auto', timings } })
    experiments.movedTo('nowhere', 'other', timings)
  })

  it('is one lab’s at a time, until that one ends', async () => {
    const workspace = await start()
    await expect(Workspace.open(folder)).rejects.toMatchObject({ code: 'workspace-in-use' })
    close(workspace)
    await start()
  })

  it('is free again after its process was killed, and marks what was training as interrupted', async () => {
    const id = addExperimentAndClose(await start())
    const script = `const { Workspace } = await import(${JSON.stringify(new URL('./workspace.ts', import.meta.url).href)})
      const workspace = await Workspace.open(${JSON.stringify(folder)})
      workspace.store(${JSON.stringify(id)}).save(0, [{ summary: ${JSON.stringify(summary('training', 5))}, rows: { history: { step: [] } } }])
      console.log('ready'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await expect(Workspace.open(folder)).rejects.toMatchObject({ code: 'workspace-in-use' })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    expect((await start()).experiments.get(id).runs[0]).toMatchObject({ state: 'interrupted', step: 5 })
  })

  it('refuses a folder of a newer version, a file in its place and a folder it may not write', async () => {
    close(await start())
    const database = new DatabaseSync(join(folder, 'lab.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(Workspace.open(folder)).rejects.toMatchObject({
      code: 'workspace-invalid',
      message: expect.stringContaining('newer Unroll'),
    })
    await writeFile(join(folder, 'file'), 'x')
    await expect(Workspace.open(join(folder, 'file'))).rejects.toMatchObject({ code: 'workspace-invalid' })
    const closed = await mkdtemp(join(folder, 'closed-'))
    await chmod(closed, 0o500)
    // The superuser may write anywhere.
    if (process.getuid?.() !== 0) {
      await expect(Workspace.open(closed)).rejects.toMatchObject({ code: 'workspace-invalid' })
    }
  })

  it('takes rows back from where training goes on', async () => {
    const workspace = await start()
    const id = addExperiment(workspace)
    const store = workspace.store(id)
    store.save(0, [{ summary: summary('training', 3), rows: rows(1, 3) }])
    store.save(0, [{ summary: summary('training', 6), rows: rows(4, 6) }])
    store.save(1, [{ summary: summary('training', 7), truncatedTo: 3, rows: rows(4, 7) }])
    const saved = workspace.experiments.saved(workspace.experiments.get(id))
    expect(saved.epoch).toBe(1)
    expect(saved.runs[0]?.rows.map(({ history }) => [...history.step])).toEqual([
      [1, 2, 3],
      [4, 5, 6, 7],
    ])
  })

  it('keeps two snapshots, and takes the one before when the latest is damaged', async () => {
    const workspace = await start()
    const store = workspace.store(addExperiment(workspace))
    for (const step of [1, 2, 3]) await store.saveCheckpoint(0, snapshot(step))
    expect(await objects()).toHaveLength(2)
    for (const name of await objects()) {
      const path = join(folder, 'objects', name)
      const content = await readFile(path)
      if (content.includes('"step":"3"')) await writeFile(path, content.fill(0xff, content.length - 1))
    }
    expect((await store.loadCheckpoint(0))?.step).toBe(2)
    await store.saveCheckpoint(0, snapshot(1))
    expect((await store.loadCheckpoint(0))?.step).toBe(1)
  })

  it('takes a snapshot only for the experiment it is of, also when that is extended', async () => {
    const workspace = await start()
    const id = addExperiment(workspace)
    await workspace.store(id).saveCheckpoint(0, snapshot(1))
    workspace.experiments.extend(id, 5000)
    expect(await workspace.store(id).loadCheckpoint(0)).toEqual(snapshot(1))
    const database = new DatabaseSync(join(folder, 'lab.sqlite'))
    database.exec("UPDATE experiments SET spec = json_set(spec, '$.training.learningRate', 0.5)")
    database.close()
    expect(await workspace.store(id).loadCheckpoint(0)).toBeNull()
  })

  it('brings back what was deleted, and forgets it for good after 30 days', async () => {
    let workspace = await start()
    const { id } = await addTable(workspace)
    const experiment = addExperiment(workspace)
    await workspace.store(experiment).saveCheckpoint(0, snapshot(1))
    workspace.datasets.remove(id)
    workspace.experiments.remove(experiment)
    expect(workspace.datasets.list()).toEqual([])
    expect(() => workspace.datasets.remove(id)).toThrow(/no dataset/)
    workspace.datasets.restore(id)
    workspace.experiments.restore(experiment)
    expect(workspace.datasets.rename(id, 'b.csv').name).toBe('b.csv')
    expect(workspace.experiments.get(experiment).name).toBe('first')
    workspace.datasets.remove(id)
    workspace.experiments.remove(experiment)
    close(workspace)
    const database = new DatabaseSync(join(folder, 'lab.sqlite'))
    database.exec('UPDATE datasets SET deleted_at = 1; UPDATE experiments SET deleted_at = 1')
    database.close()
    workspace = await start()
    expect(() => workspace.datasets.restore(id)).toThrow(/no dataset/)
    expect(() => workspace.experiments.restore(experiment)).toThrow(/no experiment/)
    expect(await objects()).toEqual([])
  })

  it('keeps equal content once and until nothing needs it', async () => {
    const workspace = await start()
    await addTable(workspace)
    await addTable(workspace, 'b.csv')
    expect(await objects()).toHaveLength(1)
    expect(workspace.datasets.list().map(({ name }) => name)).toHaveLength(2)
  })
})

function addExperimentAndClose(workspace: Workspace): string {
  const id = addExperiment(workspace)
  close(workspace)
  return id
}

// Where a file is that has no name any more, Linux alone tells.
it.runIf(process.platform === 'linux')(
  'keeps copies of sets beside what it keeps, not in the system’s folder',
  async () => {
    const { datasets, sequences } = await start()
    const live = { task: { id: 'adding', length: 200 }, seed: 1, rows: 2000 }
    const header: SetHeader = { inputs: 'numbers', target: 'value', classes: null, channels: ['value', 'marker'] }
    sequences.rows(datasets.beginSet('sums', { header, live }))
    const descriptors = await readdir('/proc/self/fd')
    const open = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    expect(open.filter((path) => /etilqs/.test(path)).map((path) => path.startsWith(folder))).toEqual([true])
  },
)

it('restores a version while others get their turns, and anew where rows are edited meanwhile', async () => {
  const { datasets, sequences, versions, views } = await start()
  const tokenizer = { id: 'whitespace' } as const
  const header: SetHeader = { inputs: 'tokens', target: 'next', classes: null, vocabulary: null, tokenizer }
  const id = datasets.beginSet('words', { header, live: null })
  const row = (k: number) => ({ steps: 1, inputs: `["${k}"]`, target: 'null', split: 'train', tags: '{}', note: '' })
  sequences.append(id, Array.from({ length: 20_000 }, (_, k) => row(k)) as StoredRow[])
  await versions.keep(id)
  sequences.edit(id, { do: 'remove', ids: Int32Array.of(1, 2, 3) })
  let turns = 0
  const clock = setInterval(() => {
    if (turns++ === 0) sequences.edit(id, { do: 'remove', ids: Int32Array.of(7) })
  }, 1)
  await versions.restore(id, 1)
  clearInterval(clock)
  expect(turns).toBeGreaterThan(1)
  expect(views.state(id)).toMatchObject({ rows: 20_000, revision: 3, undo: 'restore' })
  sequences.undo(id)
  expect(views.state(id)).toMatchObject({ rows: 19_996, undo: 'remove' })
})
