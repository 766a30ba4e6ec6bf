import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { noticed, sureness } from './answer.ts'
import type { RunSignals } from './run-signals.ts'

const run = (answer: number, ...shares: readonly (readonly [number, number])[]) =>
  ({ answer, answers: ndarray([shares.length, 2], Float32Array.from(shares.flat())) }) as unknown as RunSignals

test('how sure an answer is stands in the last step’s share of its class', () => {
  expect(sureness(run(1, [0.75, 0.25], [0.5, 0.5], [0.125, 0.875]))).toBe(0.875)
  expect(sureness({ answer: 1, answers: undefined })).toBeNaN()
})

test('a change is noticed by another class, or by a number that moves more than a thousandth', () => {
  expect(noticed(run(0), run(1), true)).toBe(true)
  expect(noticed(run(1.2), run(1.2004), false)).toBe(false)
  expect(noticed(run(1.2), run(1.3), false)).toBe(true)
})
