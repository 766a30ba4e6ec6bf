import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../../shared/model.ts'
import { pickExamples } from '../sequence.ts'
import { taskById } from './registry.ts'
import type { TaskInstance } from './task.ts'

const create = (id: string, fields: object = {}) =>
  taskById(id).create(parse(taskById(id).schema, { id, ...fields }), undefined, 5)
const example = (task: TaskInstance, index: number) => pickExamples(task.heldOut('test', 60), [index])
const other = (task: TaskInstance, batch: Batch) => task.counterpart?.(batch) as Batch
/** Where two examples read something else. */
const differences = (a: Batch, b: Batch) =>
  [...a.inputs.data.keys()].filter((k) => a.inputs.data[k] !== b.inputs.data[k])

test('of agreement: examples 2k and 2k + 1 of the test are each other’s', () => {
  const task = create('agreement')
  for (let k = 0; k < 40; k += 2) {
    const [first, second] = [example(task, k), example(task, k + 1)]
    expect(other(task, first)).toEqual(second)
    expect(other(task, second)).toEqual(first)
    expect(first.targets.data).not.toEqual(second.targets.data)
  }
})

describe.each([
  ['clue-zh', 5],
  ['clue-en', 10],
  ['word-order', 7],
] as const)('of %s', (id, answers) => {
  test('one word is another, and after as many as there are answers it is the first again', () => {
    const task = create(id)
    for (let k = 0; k < 30; k++) {
      const first = example(task, k)
      let batch = first
      const asked = new Set<number>()
      for (let turn = 0; turn < answers; turn++) {
        const next = other(task, batch)
        expect(differences(batch, next)).toHaveLength(1)
        expect(next.lengths).toEqual(batch.lengths)
        asked.add(next.targets.data[0] as number)
        batch = next
      }
      expect(asked.size).toBe(answers)
      expect(batch).toEqual(first)
    }
  })
})

test.each(['6a', '6b'])('of temporal order %s: the first of X and Y, and the class that these stand for', (variant) => {
  const task = create('temporal-order', { variant, length: 30 })
  const { vocabulary, classes } = task.facts
  for (let k = 0; k < 20; k++) {
    const batch = other(task, example(task, k))
    expect(differences(batch, example(task, k))).toHaveLength(1)
    const order = Array.from(batch.inputs.data, (id) => vocabulary?.[id] ?? '').filter((word) => /[XY]/.test(word))
    expect(classes?.[batch.targets.data[0] as number]).toBe(order.join(''))
  }
})

test('of adding: the first marked number is 1 less itself, and the target still the sum', () => {
  const task = create('adding', { length: 12 })
  for (let k = 0; k < 20; k++) {
    const first = example(task, k)
    const batch = other(task, first)
    const [at = 0] = differences(batch, first)
    expect(batch.inputs.data[at]).toBeCloseTo(1 - (first.inputs.data[at] as number), 6)
    const marked = Array.from({ length: 12 }, (_, t) => t).filter((t) => batch.inputs.data[2 * t + 1] === 1)
    expect(at).toBe(2 * (marked[0] as number))
    const sum = marked.reduce((total, t) => total + (batch.inputs.data[2 * t] as number), 0)
    expect(batch.targets.data[0]).toBeCloseTo(sum, 5)
    expect(task.tags?.('test', 60).distance?.[k]).toBe(11 - (marked[0] as number))
  }
})
