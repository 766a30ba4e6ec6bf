import { expect, test } from 'vitest'
import type { TaskSpec } from '../../../shared/spec.ts'
import { tasks } from '../../engine/tasks/registry.ts'
import { completed, drawRows, generateRows, sketch } from './generate.ts'
import { storeRow } from './rows.ts'
import { setSource } from './set-source.ts'

const generated = (task: TaskSpec, seed: number, count: number) => {
  const { header, rows } = generateRows(task, seed, count)
  return { header, rows: [...rows] }
}
const drawing = Object.values(tasks)
  .filter(({ needs }) => needs === 'nothing')
  .map(({ id }) => id)

test.each(drawing)('what %s draws is a dataset that can be trained on, the same every time', (id) => {
  const { header, rows } = generated({ id }, 5, 40)
  expect(generated({ id }, 5, 40)).toEqual({ header, rows })
  expect(generated({ id }, 6, 40).rows).not.toEqual(rows)
  expect(rows).toHaveLength(40)
  // What is shown while dials are turned is what comes, however many rows it will be.
  expect(sketch({ task: { id }, seed: 5 })).toEqual({ header, rows: rows.slice(0, 6) })
  const stored = rows.map((row) => storeRow(header, row, 'row'))
  expect([...drawRows({ task: { id }, seed: 5, rows: 40 })]).toEqual(stored)
  const source = setSource(header, stored, id)
  expect([source.kind, source.lengths.length]).toEqual([header.inputs, 40])
  const own = tasks[id]?.create({ id, ...defaults(id) }, undefined, 5)
  expect(source.lengths.every((length) => length <= (own?.facts.length ?? 0))).toBe(true)
})

test('as much is drawn as can be held, and no more', () => {
  const recipe = { task: { id: 'adding', length: 2000 }, seed: 1, rows: 5000 }
  expect(completed(recipe)).toMatchObject(recipe)
  expect(() => completed({ ...recipe, rows: 5001 })).toThrow(/"rows" must be at most 5000/)
  expect(completed({ task: { id: 'agreement' }, seed: 1, rows: 100_000 }).rows).toBe(100_000)
})

/** A task's defaults, as its schema fills them in. */
function defaults(id: string): object {
  const result = tasks[id]?.schema['~standard'].validate({ id })
  if (!result || result instanceof Promise || result.issues) throw new Error(`${id} has no defaults`)
  return result.value as object
}

test('says of every row how far its answer is from the clue, where the task defines that', () => {
  const { rows } = generated({ id: 'agreement', maxDistance: 7, testDistance: 9 }, 3, 50)
  const far = (split: string) =>
    Math.max(...rows.filter((row) => row.split === split).map(({ tags }) => Number(tags?.distance)))
  expect([far('train'), far('validation') <= 7, far('test') <= 9]).toEqual([7, true, true])
  // Of a sum: from the first marked number to the end, as the rows themselves say.
  for (const { inputs, tags } of generated({ id: 'adding', length: 12 }, 3, 30).rows) {
    const marks = (inputs as [number, number][]).flatMap(([, marker], t) => (marker === 1 ? [t] : []))
    expect(Number(tags?.distance)).toBe(12 - 1 - (marks[0] as number))
  }
})

test.each(['clue-zh', 'clue-en', 'agreement'])(
  'however few rows of %s there are, the test asks for more than was trained on',
  (id) => {
    for (const count of [40, 100, 300]) {
      const task = { id, minDistance: 2, maxDistance: 20, testDistance: 40 }
      const { rows } = generated(task, 1, count)
      const of = (split: string) => rows.filter((row) => row.split === split).map(({ tags }) => Number(tags?.distance))
      expect([Math.max(...of('validation')), Math.max(...of('test'))]).toEqual([20, 40])
      expect(Math.min(...of('test'))).toBeLessThan(24)
    }
  },
)

test('a sum of two marked numbers stays the sum', () => {
  const { header, rows } = generated({ id: 'adding', length: 6 }, 1, 20)
  expect(header).toMatchObject({ inputs: 'numbers', target: 'value', channels: ['value', 'marker'] })
  for (const { inputs, target } of rows) {
    const marked = (inputs as [number, number][]).filter(([, marker]) => marker === 1)
    expect(marked.reduce((sum, [value]) => sum + value, 0)).toBeCloseTo(target as number, 5)
  }
})

test('a task that reads a file, or settings that it refuses, are refused', () => {
  expect(() => generated({ id: 'text', file: 'a' }, 1, 10)).toThrow(/reads a file/)
  expect(() => generated({ id: 'adding', length: -1 }, 1, 10)).toThrow(/length/)
})
