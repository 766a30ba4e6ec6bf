import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { TaskSource } from '../protocol.ts'
import { taskById, tasks } from './registry.ts'
import { scoredExamples } from './task.ts'

const sentence = 'the cats, which already ate, were full. '
const source: Record<string, TaskSource | undefined> = {
  text: { kind: 'text', text: sentence.repeat(40) },
  csv: {
    kind: 'table',
    columns: [
      { name: 'level', values: Float64Array.from({ length: 200 }, (_, k) => 10 + Math.sin(k / 5)) },
      { name: 'constant', values: new Float64Array(200).fill(3) },
    ],
  },
  tokens: {
    kind: 'tokens',
    target: 'every-step',
    lengths: Int32Array.from({ length: 60 }, (_, k) => 1 + (k % 4)),
    parts: Uint8Array.from({ length: 60 }, (_, k) => k % 3),
    classes: ['x', 'y'],
    tags: { distance: Int32Array.from({ length: 60 }, (_, k) => k) },
    vocabulary: ['a', 'b', 'c'],
    ids: Int32Array.from({ length: 150 }, (_, k) => (k * k) % 3),
    targets: Int32Array.from({ length: 150 }, (_, k) => k % 2),
  },
  numbers: {
    kind: 'numbers',
    target: 'value',
    lengths: Int32Array.from({ length: 60 }, (_, k) => 1 + (k % 4)),
    parts: Uint8Array.from({ length: 60 }, (_, k) => k % 3),
    classes: [],
    tags: {},
    channels: ['level', 'constant'],
    values: Float64Array.from({ length: 300 }, (_, k) => (k % 2 ? 3 : Math.sin(k))),
    targets: Float64Array.from({ length: 60 }, (_, k) => 10 + k),
  },
}
const fields: Record<string, object> = {
  adding: { length: 10 },
  text: { file: 'a.txt', window: 8 },
  tokens: { file: 'a.jsonl' },
  numbers: { file: 'a.jsonl' },
  csv: { file: 'a.csv', target: 'level', window: 12, horizon: 3 },
}

function create(id: string, seed = 1) {
  const task = taskById(id)
  return task.create(parse(task.schema, { id, ...fields[id] }), source[id], seed)
}

describe.each(Object.keys(tasks))('%s', (id) => {
  test('the same seed and step give the same batch, others give others', () => {
    expect(create(id).trainBatch(700, 16)).toEqual(create(id).trainBatch(700, 16))
    expect(create(id).trainBatch(700, 16)).not.toEqual(create(id).trainBatch(701, 16))
    expect(create(id, 2).trainBatch(700, 16)).not.toEqual(create(id).trainBatch(700, 16))
  })

  test('batches have the shapes that its interface and facts promise', () => {
    const { facts, interface: wanted, trainBatch, heldOut } = create(id)
    for (const batch of [trainBatch(1, 5), heldOut('validation', 5), heldOut('test', 5)]) {
      expect(batch.inputs.shape).toEqual(wanted.embedding ? [5, facts.length] : [5, facts.length, wanted.inputSize])
      const answered = wanted.head === 'last' ? [5] : [5, facts.length]
      expect(batch.targets.shape).toEqual(wanted.loss === 'cross-entropy' ? answered : [...answered, wanted.outputSize])
      for (const value of [...batch.inputs.data, ...batch.targets.data]) expect(Number.isFinite(value)).toBe(true)
    }
    expect(heldOut('test', 100_000).inputs.shape[0]).toBe(facts.heldOut)
  })

  test('lengths are honoured, and padding holds 0', () => {
    const { facts, interface: wanted, trainBatch } = create(id)
    const { inputs, lengths, targets } = trainBatch(1, 40)
    for (const [b, length] of lengths?.data.entries() ?? []) {
      expect(length).toBeGreaterThanOrEqual(1)
      expect(length).toBeLessThanOrEqual(facts.length)
      for (const { data, shape } of wanted.head === 'last' ? [inputs] : [inputs, targets]) {
        const width = shape[2] ?? 1
        const padding = data.slice((b * facts.length + length) * width, (b + 1) * facts.length * width)
        expect(padding.every((value) => value === 0)).toBe(true)
      }
    }
  })

  test('what is read, wanted and answered is presented in the shapes of the contract', () => {
    const { facts, interface: wanted, heldOut, present } = create(id)
    const batch = heldOut('test', 3)
    const lead = wanted.head === 'last' ? [3] : [3, facts.length]
    const isClass = facts.outputs.startsWith('class') || facts.outputs === 'next-token'
    const shown = isClass ? lead : [...lead, wanted.outputSize]
    const output = ndarray([...lead, wanted.outputSize], new Float32Array(sizeOf([...lead, wanted.outputSize])))
    expect(present.inputs(batch, 2).shape).toEqual([facts.length, ...batch.inputs.shape.slice(2)])
    expect(present.targets(batch.targets).shape).toEqual(shown)
    expect(present.outputs(output).shape).toEqual(shown)
  })

  test('tags sort every held-out example by whole numbers', () => {
    const { facts, tags } = create(id)
    for (const values of Object.values(tags?.('test', 100_000) ?? {})) {
      expect(values).toHaveLength(facts.heldOut)
      expect(values.every(Number.isInteger)).toBe(true)
    }
    const first = (limit: number) => tags?.('test', limit)
    for (const [name, values] of Object.entries(first(7) ?? {})) {
      expect(values).toEqual(first(facts.heldOut)?.[name]?.slice(0, 7))
    }
  })

  test('every baseline has finite scores', () => {
    const { baselines } = create(id).facts
    for (const { loss, metric } of [...baselines.validation, ...baselines.test]) {
      expect(loss).toBeGreaterThan(0)
      expect(Number.isFinite(metric)).toBe(true)
    }
    expect(baselines.validation.map((baseline) => baseline.id)).toEqual(baselines.test.map((baseline) => baseline.id))
  })
})

test('adding: the target is the sum of the two marked numbers, one in each half', () => {
  const { inputs, targets } = create('adding').trainBatch(1, 50)
  for (let b = 0; b < 50; b++) {
    const marked = Array.from({ length: 10 }, (_, t) => t).filter((t) => inputs.data[(b * 10 + t) * 2 + 1] === 1)
    expect(marked).toHaveLength(2)
    expect(marked[0]).toBeLessThan(5)
    expect(marked[1]).toBeGreaterThanOrEqual(5)
    const sum = marked.reduce((total, t) => total + (inputs.data[(b * 10 + t) * 2] as number), 0)
    expect(targets.data[b]).toBeCloseTo(sum, 6)
  }
})

test('adding: guessing the mean scores what its baseline says', () => {
  const { facts, heldOut, metric, trainBatch } = create('adding')
  const { targets } = trainBatch(1, 20_000)
  const ones = ndarray([20_000, 1], new Float32Array(20_000).fill(1))
  const loss = (targets as Floats).data.reduce((sum, target) => sum + (target - 1) ** 2, 0) / 20_000
  expect(loss).toBeCloseTo(facts.baselines.test[0]?.loss as number, 2)
  expect(metric(ones, trainBatch(1, 20_000))).toBeCloseTo(facts.baselines.test[0]?.metric as number, 2)
  expect(heldOut('test', 8)).not.toEqual(heldOut('validation', 8))
})

test('text: the answer is the character after the window, and held-out windows are never trained on', () => {
  const { facts, trainBatch, heldOut, present } = create('text')
  const { inputs, targets } = trainBatch(1, 1)
  const read = [...inputs.data, ...targets.data].map((id) => facts.vocabulary?.[id]).join('')
  expect(sentence.repeat(2)).toContain(read)
  const test = heldOut('test', 1)
  expect(present.inputs(test, 0).data).toHaveLength(8)
  expect(present.targets(test.targets).data).toHaveLength(1)
})

test('csv: presented values are in the units of the file, targets follow the horizon', () => {
  const { heldOut, present } = create('csv')
  const batch = heldOut('test', 30)
  const values = (source.csv as TaskSource & { kind: 'table' }).columns[0]?.values as Float64Array
  const targets = present.targets(batch.targets)
  expect(targets.data[0]).toBeCloseTo(values[170] as number, 4)
  const seen = present.inputs(batch, 0)
  expect(seen.shape).toEqual([12, 2])
  expect(seen.data[11 * 2]).toBeCloseTo(values[170 - 3] as number, 4)
  expect(seen.data[11 * 2 + 1]).toBeCloseTo(3, 4)
  expect(present.baselines?.('test', 30).persistence?.data[0]).toBeCloseTo(values[167] as number, 4)
})

test('csv: a 0 of the file is presented as 0', () => {
  const values = Float64Array.from({ length: 200 }, (_, k) => (k % 3) / 7)
  const spec = parse(taskById('csv').schema, { id: 'csv', file: 'a.csv', target: 'a', window: 6 })
  const table = { kind: 'table', columns: [{ name: 'a', values }] } as const
  const { heldOut, present } = taskById('csv').create(spec, table, 1)
  const batch = heldOut('test', 30)
  const targets = present.targets(batch.targets)
  const zeros = targets.data.filter((value) => value === 0)
  expect(zeros).toHaveLength(10)
  expect(present.inputs(batch, 0).data.filter((value) => value === 0)).toHaveLength(2)
})

test('csv: every split has baselines of its own rows', () => {
  const { facts, heldOut, present } = create('csv')
  const values = (source.csv as TaskSource & { kind: 'table' }).columns[0]?.values as Float64Array
  for (const [split, from, to] of [
    ['validation', 140, 170],
    ['test', 170, 200],
  ] as const) {
    const rows = Array.from({ length: to - from }, (_, k) => from + k)
    const targets = present.targets(heldOut(split, scoredExamples[split]).targets)
    rows.forEach((row, k) => {
      expect(targets.data[k]).toBeCloseTo(values[row] as number, 4)
    })
    const off = rows.map((row) => Math.abs((values[row] as number) - (values[row - 3] as number)))
    const persistence = facts.baselines[split].find((baseline) => baseline.id === 'persistence')
    expect(persistence?.metric).toBeCloseTo(off.reduce((sum, error) => sum + error, 0) / rows.length, 4)
  }
  expect(facts.baselines.validation).not.toEqual(facts.baselines.test)
})

test('text: every split has baselines of its own characters', () => {
  const text = 'aab'.repeat(800) + 'a'.repeat(300) + 'b'.repeat(300)
  const task = taskById('text')
  const spec = parse(task.schema, { id: 'text', file: 'a.txt', window: 8 })
  const { baselines } = task.create(spec, { kind: 'text', text }, 1).facts
  expect(baselines.validation[0]?.metric).toBe(1)
  expect(baselines.test[0]?.metric).toBe(0)
})

test('data that is too short or lacks the column is refused with what is needed', () => {
  const short = { kind: 'text', text: 'abcabc' } as const
  expect(() => taskById('text').create({ id: 'text', file: 'a', window: 4, embedding: 2 }, short, 1)).toThrow(
    /needs at least 50/,
  )
  const csv = taskById('csv')
  const spec = { id: 'csv', file: 'a', target: 'level', window: 300, horizon: 1 }
  expect(() => csv.create(spec, source.csv, 1)).toThrow(/200 rows; a window of 300/)
  expect(() => csv.create({ ...spec, window: 4, target: 'lvel' }, source.csv, 1)).toThrow(/no numeric column "lvel"/)
})
