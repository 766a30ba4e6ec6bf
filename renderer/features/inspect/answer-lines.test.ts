import { expect, test } from 'vitest'
import type { TaskFacts } from '../../../shared/contract.ts'
import type { InspectedExample } from '../../../shared/inspect.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { answerLines, likeliestAt } from './answer-lines.ts'
import type { RunSignals } from './run-signals.ts'

const floats = (shape: readonly number[], ...values: number[]): Floats => ndarray(shape, Float32Array.from(values))
const run = (index: number, answers: Floats) => ({ index, answers }) as unknown as RunSignals
const example = (target: number, targets?: Floats) =>
  ({ inputs: floats([2], 0, 0), target, ...(targets && { targets }) }) as unknown as InspectedExample
const facts = (outputs: TaskFacts['outputs']) => ({ outputs }) as TaskFacts

test('of classes the share of the right one, also where a change makes another one right', () => {
  const [as, if_] = [floats([2, 2], 0.75, 0.25, 0.125, 0.875), floats([2, 2], 0.5, 0.5, 1, 0)]
  const { areShares, atEachStep, range, reference, lines } = answerLines(
    facts('class'),
    example(1),
    [run(1, as)],
    [run(1, if_)],
  )
  expect([areShares, atEachStep, range]).toEqual([true, false, { min: 0, max: 1 }])
  expect([...reference]).toEqual([0.5, 0.5])
  expect(lines[0]).toBeUndefined()
  expect([...(lines[1]?.original ?? [])]).toEqual([0.25, 0.875])
  expect([...(lines[1]?.changed ?? [])]).toEqual([0.5, 0])
  expect([0, 1].map((t) => likeliestAt({ answers: as }, t))).toEqual([0, 1])
})

test('a head at each step is measured by what is right at that step', () => {
  const targets = floats([2], 0, 1)
  const answers = floats([2, 2], 0.75, 0.25, 0.125, 0.875)
  const { atEachStep, lines } = answerLines(facts('class-series'), example(1, targets), [run(0, answers)], null)
  expect(atEachStep).toBe(true)
  expect(lines[0]).toEqual({ original: Float32Array.of(0.75, 0.875) })
})

test('values share one axis, on which what is right has its place', () => {
  const runs = [run(0, floats([2, 1], 0, 1)), run(1, floats([2, 1], -1, 3))]
  const { areShares, range, reference, lines } = answerLines(facts('value'), example(4), runs, null)
  expect(areShares).toBe(false)
  expect([...reference]).toEqual([4, 4])
  expect(range.min).toBeCloseTo(-1.2)
  expect(range.max).toBeCloseTo(4.2)
  expect([...(lines[1]?.original ?? [])]).toEqual([-1, 3])
})
