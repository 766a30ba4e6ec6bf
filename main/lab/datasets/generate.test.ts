import { expect, test } from 'vitest'
import { tasks } from '../../engine/tasks/registry.ts'
import { drawRows, generateRows, sketch } from './generate.ts'
import { storeRow } from './rows.ts'
import { setSource } from './set-source.ts'

const drawing = Object.values(tasks)
  .filter(({ needs }) => needs === 'nothing')
  .map(({ id }) => id)

test.each(drawing)('what %s draws is a dataset that can be trained on, the same every time', (id) => {
  const { header, rows } = generateRows({ id }, 5, 40)
  expect(generateRows({ id }, 5, 40)).toEqual({ header, rows })
  expect(generateRows({ id }, 6, 40).rows).not.toEqual(rows)
  expect(rows).toHaveLength(40)
  // What is shown while dials are turned is what comes, however many rows it will be.
  expect(sketch({ task: { id }, seed: 5 })).toEqual({ header, rows: rows.slice(0, 6) })
  const stored = rows.map((row) => storeRow(header, row, 'row'))
  expect(drawRows({ task: { id }, seed: 5, rows: 40 })).toEqual({ header, rows: stored })
  const source = setSource(header, stored, id)
  expect([source.kind, source.lengths.length]).toEqual([header.inputs, 40])
  const own = tasks[id]?.create({ id, ...defaults(id) }, undefined, 5)
  expect(source.lengths.every((length) => length <= (own?.facts.length ?? 0))).toBe(true)
})

/** A task's defaults, as its schema fills them in. */
function defaults(id: string): object {
  const result = tasks[id]?.schema['~standard'].validate({ id })
  if (!result || result instanceof Promise || result.issues) throw new Error(`${id} has no defaults`)
  return result.value as object
}

test('says of every row how far its answer is from the clue, where the task defines that', () => {
  const { rows } = generateRows({ id: 'agreement', maxDistance: 7, testDistance: 9 }, 3, 50)
  const far = (split: string) =>
    Math.max(...rows.filter((row) => row.split === split).map(({ tags }) => Number(tags?.distance)))
  expect([far('train'), far('validation') <= 7, far('test') <= 9]).toEqual([7, true, true])
  // Of a sum: from the first marked number to the end, as the rows themselves say.
  for (const { inputs, tags } of generateRows({ id: 'adding', length: 12 }, 3, 30).rows) {
    const marks = (inputs as [number, number][]).flatMap(([, marker], t) => (marker === 1 ? [t] : []))
    expect(Number(tags?.distance)).toBe(12 - 1 - (marks[0] as number))
  }
})

test('a sum of two marked numbers stays the sum', () => {
  const { header, rows } = generateRows({ id: 'adding', length: 6 }, 1, 20)
  expect(header).toMatchObject({ inputs: 'numbers', target: 'value', channels: ['value', 'marker'] })
  for (const { inputs, target } of rows) {
    const marked = (inputs as [number, number][]).filter(([, marker]) => marker === 1)
    expect(marked.reduce((sum, [value]) => sum + value, 0)).toBeCloseTo(target as number, 5)
  }
})

test('a task that reads a file, or settings that it refuses, are refused', () => {
  expect(() => generateRows({ id: 'text', file: 'a' }, 1, 10)).toThrow(/reads a file/)
  expect(() => generateRows({ id: 'adding', length: -1 }, 1, 10)).toThrow(/length/)
})
