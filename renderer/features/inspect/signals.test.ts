import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { en } from '../../i18n/en.ts'
import {
  gateProductNorms,
  gateShares,
  gatesOf,
  normsOf,
  once,
  relative,
  saturatedShare,
  signal as signalFrom,
  signalOf,
} from './signals.ts'
import { stuck } from './stuck.ts'

const signal = (rows: readonly (readonly number[])[]) =>
  signalFrom(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()))

describe('signals of a trace', () => {
  test('are read from the top layer by name', () => {
    const trace = { 'layers.1.hidden': ndarray([1, 2, 2], Float32Array.of(1, 2, 3, 4)) }
    expect(signalOf(trace, 2, 'hidden')?.at(1, 0)).toBe(3)
    expect(signalOf(trace, 2, 'cell')).toBeUndefined()
  })

  test('are found by the gates that the trace has', () => {
    const array = ndarray([1, 1, 1], Float32Array.of(1))
    const trace = { 'layers.0.gates.reset': array, 'layers.1.gates.update': array, 'layers.1.gates.mine': array }
    expect(gatesOf(trace, 2)).toEqual(['update', 'mine'])
  })

  test('have a norm over units at every step, relative to the last', () => {
    const norms = normsOf(
      signal([
        [3, 4],
        [0, 1],
      ]),
    )
    expect([...norms]).toEqual([5, 1])
    expect([...relative(Float32Array.of(5, 2))]).toEqual([2.5, 1])
    expect([...relative(Float32Array.of(5, 0, 0))]).toEqual([Number.NaN, 0, 0])
    expect([...relative(Float32Array.of(1e25, 0, Infinity))]).toEqual([Number.NaN, 0, Number.NaN])
  })

  test('carry the last gradient back through the forget gates alone', () => {
    const forget = signal([
      [0.9, 0.9],
      [0.5, 0.5],
      [0.1, 1],
    ])
    const gradient = signal([
      [9, 9],
      [9, 9],
      [3, 4],
    ])
    const norms = gateProductNorms(forget, gradient)
    expect(norms[2]).toBeCloseTo(5)
    expect(norms[1]).toBeCloseTo(Math.hypot(0.3, 4))
    expect(norms[0]).toBeCloseTo(Math.hypot(0.15, 2))
  })

  test('are gone through once, whoever asks', () => {
    let asked = 0
    const count = once(({ data }: { data: Float32Array; steps: number; units: number }) => {
      asked += 1
      return data.length
    })
    const of = signal([[1, 2]])
    expect([count(of), count({ ...of }), count(signal([[3]]))]).toEqual([2, 2, 1])
    expect(asked).toBe(2)
  })

  test('of a plain run say how many units are stuck, by its activation', () => {
    const state = signal([
      [0, 0.95],
      [0, 0.5],
    ])
    const note = (activation: string) => stuck({ activation }, state, en).note
    expect(['tanh', 'relu', 'sigmoid', 'identity'].map(note)).toEqual([
      '25 % saturated',
      '1 of 2 units dead',
      '75 % near 0 or 1',
      '',
    ])
  })

  test('count what is saturated', () => {
    expect(
      saturatedShare(
        signal([
          [0.95, -0.95],
          [0, 0.5],
        ]),
      ),
    ).toBe(0.5)
    expect(
      gateShares(
        signal([
          [0.05, 0.5],
          [0.95, 0.99],
        ]),
      ),
    ).toEqual([0.25, 0.25, 0.5])
  })
})
