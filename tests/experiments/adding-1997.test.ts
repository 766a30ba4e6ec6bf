import { expect, test } from 'vitest'
import { adding } from '../../main/engine/tasks/adding.ts'
import { addingOf1997 } from './adding-1997.ts'

const shortest = 40
const lab = adding.create({ id: 'adding', length: shortest }, undefined, 1)
const { inputs, lengths, targets } = addingOf1997(shortest)(lab, 1).trainBatch(1, 2000)
const time = inputs.shape[1] as number
const real = [...(lengths?.data ?? [])]
const at = (b: number, t: number, column: 0 | 1) => inputs.data[(b * time + t) * 2 + column] as number

test('sequences are T to 1.1 T steps of numbers in -1..1, the ends marked -1, all else 0', () => {
  expect([Math.min(...real), Math.max(...real), time]).toEqual([40, 44, 44])
  real.forEach((length, b) => {
    expect([at(b, 0, 1), at(b, length - 1, 1)]).toEqual([-1, -1])
    for (let t = 0; t < time; t++) expect(Math.abs(at(b, t, 0))).toBeLessThanOrEqual(t < length ? 1 : 0)
    for (let t = length; t < time; t++) expect(at(b, t, 1)).toBe(0)
  })
})

test('two marks, one in the first ten and both in the first half; one drawn at the first step counts 0', () => {
  let [firstSteps, furthest] = [0, 0]
  real.forEach((length, b) => {
    const marked = [...Array(length).keys()].filter((t) => at(b, t, 1) === 1)
    expect([1, 2]).toContain(marked.length)
    if (marked.length === 1) firstSteps++
    else expect(marked[0]).toBeLessThan(10)
    furthest = Math.max(furthest, ...marked)
    expect(targets.data[b]).toBeCloseTo(0.5 + marked.reduce((sum, t) => sum + at(b, t, 0), 0) / 4, 6)
  })
  expect(furthest).toBe(shortest / 2 - 1)
  // The first step: 1 of 10 by the first mark, else 1 of 19 by the second; 0.147 of 2,000, spread 16.
  expect(Math.abs(firstSteps - 295)).toBeLessThan(64)
})
