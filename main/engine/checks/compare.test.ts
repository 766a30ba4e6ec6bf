import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { compareTraces, disagreements } from './compare.ts'

const array = (shape: number[], ...values: number[]) => ndarray(shape, Float32Array.from(values))

describe('comparing traces', () => {
  test('holds every time step to its own scale', () => {
    // Two examples, two steps, one unit: the first step is a million times smaller than the second.
    const expected = { 'layers.0.hidden': array([2, 2, 1], 1e-6, 1, 2e-6, -2) }
    const found = { 'layers.0.hidden': array([2, 2, 1], 1e-6, 1.0001, 2.2e-6, -2) }
    const [row] = compareTraces(found, expected)
    expect(row).toMatchObject({ array: 'layers.0.hidden', step: 0 })
    expect(row?.relative).toBeCloseTo(0.1, 5)
    expect(disagreements(found, expected)).toEqual(['layers.0.hidden at step 0 differs by 1.0e-1'])
    expect(disagreements(expected, expected)).toEqual([])
  })

  test('takes flow by step and parameters as a whole', () => {
    const expected = { 'layers.0.flow.hidden': array([2], 1e-9, 1), 'grad.parameters.head.bias': array([2], 1e-9, 1) }
    const found = { 'layers.0.flow.hidden': array([2], 2e-9, 1), 'grad.parameters.head.bias': array([2], 2e-9, 1) }
    expect(disagreements(found, expected)).toEqual(['layers.0.flow.hidden at step 0 differs by 1.0e+0'])
  })

  test('a step of zeros must be zeros, up to what float32 loses', () => {
    const zero = { 'layers.0.grad.hidden': array([1, 2, 1], 0, 1) }
    expect(disagreements({ 'layers.0.grad.hidden': array([1, 2, 1], 1e-12, 1) }, zero)).toHaveLength(1)
    expect(disagreements({ 'layers.0.grad.hidden': array([1, 2, 1], 1e-40, 1) }, zero)).toEqual([])
  })

  test('NaN and the infinities match only themselves', () => {
    const expected = { 'layers.0.lyapunov': array([3], Number.NaN, -Infinity, 1) }
    expect(disagreements(expected, expected)).toEqual([])
    for (const values of [
      [0, -Infinity, 1],
      [Number.NaN, Infinity, 1],
      [Number.NaN, -Infinity, Number.NaN],
    ]) {
      expect(disagreements({ 'layers.0.lyapunov': array([3], ...values) }, expected)).toHaveLength(1)
    }
  })

  test('names missing, unexpected and misshapen arrays', () => {
    const found = { extra: array([], 1), output: array([2], 1, 2) }
    const expected = { loss: array([], 1), output: array([1, 2], 1, 2) }
    expect(disagreements(found, expected)).toEqual([
      'loss is missing',
      'output has shape [2], expected [1,2]',
      'extra is not in the golden',
    ])
  })
})
