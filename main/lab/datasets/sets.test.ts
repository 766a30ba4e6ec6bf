import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Edit, SetHeader } from '../../../shared/sequences.ts'
import { RunSpec, type RunSpecInput } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { folder, handlers, lab, start } from '../test-lab.ts'

const sentences: SetHeader = {
  inputs: 'tokens',
  target: 'class',
  classes: null,
  vocabulary: null,
  tokenizer: { id: 'whitespace' },
}
const ten = [
  'the cat',
  'the cats',
  'a dog',
  'the dogs',
  'one fox',
  'two foxes',
  'the bird',
  'the birds',
  'a tree',
  'trees',
]
const rows = ten.map((inputs, k) => ({
  inputs,
  target: inputs.endsWith('s') ? 'were' : 'was',
  split: (['train', 'train', 'train', 'validation', 'test'] as const)[k % 5] as 'train',
  tags: {},
  note: '',
}))
const insert = (after: number | null = null): Edit => ({ do: 'insert', after, rows })
const spec = (task: RunSpecInput['task']) =>
  parse(
    RunSpec,
    { task, cells: [{ cell: 'lstm', hiddenSize: 3 }], training: { steps: 3, batchSize: 2 } },
    'spec-invalid',
    'test',
  )

it('trains on ten sentences written by hand, on the version that they were then', async () => {
  const { id, kind } = await handlers.datasets.create('ten sentences', sentences)
  expect(kind).toBe('tokens')
  const empty = spec({ id: 'tokens', file: id })
  await expect(handlers.experiments.create(empty)).rejects.toMatchObject({
    code: 'set-incomplete',
    details: { part: 'train' },
  })
  const state = await handlers.datasets.edit(id, insert())
  expect(state).toMatchObject({ rows: 10, inParts: { train: 6, validation: 2, test: 2 }, faulty: 0 })
  const first = await handlers.experiments.create(empty)
  expect(first).toMatchObject({
    name: 'ten sentences: lstm',
    facts: { classes: ['was', 'were'], heldOut: 2, length: 2 },
  })
  await expect(handlers.experiments.create(spec({ id: 'numbers', file: id }))).rejects.toMatchObject({
    code: 'spec-invalid',
  })

  expect(await handlers.datasets.occurrences(id, 'was')).toEqual({ inputs: 0, target: 5 })
  expect(await handlers.datasets.occurrences(id, 'the', Int32Array.of(1, 3))).toEqual({ inputs: 1, target: 0 })
  await handlers.datasets.edit(id, { do: 'replace', in: 'target', find: 'was', by: 'is' })
  const second = await handlers.experiments.create(empty)
  expect(second.facts.classes).toEqual(['is', 'were'])
  await lab.close()
  await start()
  // What was trained on does not change with the dataset, nor when it is gone.
  await handlers.datasets.remove(id)
  await handlers.training.step(first.id)
  expect((await handlers.experiments.get(first.id)).facts.classes).toEqual(['was', 'were'])
  expect((await handlers.results.answers(first.id)).targets.shape).toEqual([2])
  await handlers.datasets.restore(id)
  expect(await handlers.datasets.state(id)).toMatchObject({ undo: 'replace' })
  expect((await handlers.datasets.versions(id))[0]).toMatchObject({ version: 3 })
  await handlers.datasets.undo(id)
  await handlers.datasets.undo(id)
  expect(await handlers.datasets.state(id)).toMatchObject({ rows: 0, undo: null, redo: 'insert' })
})

it('lets networks that read a set be looked into, also opened ones, on the version that it was then', async () => {
  const { id } = await handlers.datasets.create('ten sentences', sentences)
  await handlers.datasets.edit(id, insert())
  const task = { id: 'tokens', file: id } as const
  const { id: trained } = await handlers.experiments.create(spec(task))
  await handlers.training.step(trained)
  const query = { examples: 'test', index: 1, jacobians: false } as const
  const original = await handlers.inspect.example(trained, query)
  // Shorter than the longest: without the padding.
  expect(original).toMatchObject({ count: 2, tokens: ['trees'], target: 1, hasCounterpart: false })
  expect(await handlers.inspect.batch(trained, { examples: 'train', limit: 6, jacobians: 0 })).toMatchObject({
    count: 6,
  })

  const download = await handlers.exports.model(trained, 0, 'model')
  const files = [{ name: download.name, bytes: Uint8Array.from(download.bytes) }]
  const opened = await handlers.inspect.open(files, { task, seed: 1 })
  if (opened.state !== 'open') throw new Error(opened.state)
  await handlers.datasets.edit(id, { do: 'replace', in: 'inputs', find: 'trees', by: 'tree' })
  const mine = await handlers.inspect.example(opened.id, query)
  expect(mine).toEqual({ ...original, runs: [{ ...original.runs[0], step: 0 }] })
  await expect(handlers.inspect.open(files, { task: { id: 'text', file: id } })).rejects.toMatchObject({
    code: 'spec-invalid',
    details: { field: 'task.file', value: 'ten sentences' },
  })
})

it('names are unique, and a set that came as a file is the set that it was', async () => {
  const bytes = new TextEncoder().encode(
    [
      '{"format":"unroll-sequences/1","inputs":"numbers","target":"next","channels":["level"]}',
      ...['train', 'train', 'validation', 'test'].map((split) => `{"inputs":[1,2,4,8],"split":"${split}"}`),
    ].join('\n'),
  )
  const first = await handlers.datasets.import({ name: 'rivers.jsonl', bytes })
  const second = await handlers.datasets.import({ name: 'rivers.jsonl', bytes })
  expect([first, second]).toMatchObject([
    { name: 'rivers', kind: 'numbers', length: 4, columns: ['level'], preview: '1 2 4 8\n1 2 4 8\n1 2 4 8\n1 2 4 8' },
    { name: 'rivers 2' },
  ])
  expect(() => handlers.datasets.rename(second.id, 'rivers')).toThrow(/Another dataset/)
  const { facts } = await handlers.experiments.create(spec({ id: 'numbers', file: second.id }))
  expect(facts).toMatchObject({ outputs: 'value-series', length: 3 })
})

/** Kills while editing; 200 of them take about two minutes. */
const kills = Number(process.env.UNROLL_KILLS ?? 6)

it(`loses at most the last second of edits when it is killed, ${kills} times`, {
  timeout: 30_000 + kills * 5000,
}, async () => {
  const { id } = await handlers.datasets.create('killed', sentences)
  await handlers.datasets.edit(id, insert())
  await handlers.datasets.edit(id, { do: 'allow', classes: ['was', 'were'] })
  const url = JSON.stringify(new URL('../index.ts', import.meta.url).href)
  // Every edit writes its number into all ten rows.
  const script = `const { createLab } = await import(${url})
    const { handlers } = await createLab({ workspace: ${JSON.stringify(folder)} })
    const id = ${JSON.stringify(id)}
    let { revision } = await handlers.datasets.state(id)
    for (;;) {
      const cells = Array.from({ length: 10 }, (_, k) => ({ id: k + 1, field: 'note', value: String(revision + 1) }))
      revision = (await handlers.datasets.edit(id, { do: 'set', cells })).revision
      process.stdout.write(revision + ' ' + Date.now() + '\\n')
      await new Promise(setImmediate)
    }`
  // What Node makes of the sources is kept for the next child.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') }
  let before = 2
  for (let k = 0; k < kills; k++) {
    await lab.close()
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
      { stdio: ['ignore', 'pipe', 'inherit'], env },
    )
    let said = ''
    child.stdout.on('data', (data) => {
      said += String(data)
    })
    const exit = new Promise((resolve) => child.once('close', resolve))
    while (said.split('\n').length < 3) await wait(5)
    await wait((k * 37) % 100)
    child.kill('SIGKILL')
    const killed = Date.now()
    await exit
    await start()
    const { revision, rows: there, undo } = await handlers.datasets.state(id)
    const done = said
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number) as [number, number])
    const overASecondOld = done.filter(([, at]) => at < killed - 1000).length
    expect(revision).toBeGreaterThanOrEqual(before + overASecondOld)
    expect([there, undo]).toEqual([10, 'set'])
    // Every edit is there whole, in the order of its number.
    const { rows: shown } = await handlers.datasets.page(
      id,
      Int32Array.from({ length: 10 }, (_, row) => row + 1),
    )
    expect(new Set(shown.map(({ note }) => note))).toEqual(new Set([String(revision)]))
    before = revision
  }
  await handlers.datasets.undo(id)
  const { rows: shown } = await handlers.datasets.page(id, Int32Array.of(1, 10))
  expect(shown.map(({ note }) => note)).toEqual([String(before - 1), String(before - 1)])
})
