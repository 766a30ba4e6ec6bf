import { expect, test } from 'vitest'
import { asksFor, fits, taskFields } from './fields.ts'

const schema = {
  type: 'object',
  properties: {
    id: { const: 'csv' },
    file: { type: 'string' },
    target: { type: 'string' },
    window: { type: 'integer', minimum: 1, maximum: 2000, default: 24 },
    rate: { type: 'number', minimum: 0, maximum: 1 },
    noise: { type: 'number', exclusiveMinimum: 0, maximum: 2, default: 0.5 },
    answer: { type: 'string', enum: ['last', 'every-step'], default: 'every-step' },
    padded: { type: 'boolean' },
  },
}

test('a form asks for the numbers, choices and switches of a task with their limits and defaults', () => {
  expect(taskFields(schema)).toEqual([
    { kind: 'number', key: 'window', min: 1, max: 2000, integer: true, initial: 24 },
    { kind: 'number', key: 'rate', min: 0, max: 1, integer: false, initial: null },
    { kind: 'number', key: 'noise', min: 0, max: 2, integer: false, initial: 0.5, above: true },
    { kind: 'choice', key: 'answer', options: ['last', 'every-step'], initial: 'every-step' },
    { kind: 'boolean', key: 'padded', initial: false },
  ])
  expect(asksFor(schema, 'target')).toBe(true)
  expect(asksFor(schema, 'length')).toBe(false)
  expect(taskFields({})).toEqual([])
})

test('a value fits inside its limits', () => {
  const window = { key: 'window', min: 1, max: 2000, integer: true, initial: 24 }
  expect(fits(window, 1)).toBe(true)
  expect(fits(window, 0)).toBe(false)
  expect(fits(window, 1.5)).toBe(false)
  expect(fits(window, null)).toBe(false)
  expect(fits({ ...window, optional: true }, null)).toBe(true)
  expect(fits({ ...window, integer: false, above: true }, 1)).toBe(false)
})
