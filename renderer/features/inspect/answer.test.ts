import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { noticed, softmax, sureness } from './answer.ts'
import type { RunSignals } from './run-signals.ts'

const run = (answer: number, logits: readonly number[]) =>
  ({ answer, trace: { output: ndarray([1, logits.length], Float32Array.from(logits)) } }) as unknown as RunSignals

test('shares of classes add up to one, however large the logits are', () => {
  expect(softmax([0, 0])).toEqual([0.5, 0.5])
  expect(softmax([1000, 0])[0]).toBe(1)
  expect(sureness(run(1, [0, Math.log(3)]), 2)).toBeCloseTo(0.75)
  expect(sureness(run(1, [0]), 2)).toBeNaN()
})

test('a change is noticed by another class, or by a number that moves more than a thousandth', () => {
  expect(noticed(run(0, []), run(1, []), true)).toBe(true)
  expect(noticed(run(1.2, []), run(1.2004, []), false)).toBe(false)
  expect(noticed(run(1.2, []), run(1.3, []), false)).toBe(true)
})
