import { describe, expect, test } from 'vitest'
import { travelOf } from './measures.ts'
import { pathsOf, sharesOver } from './paths.ts'
import { type Signal, signal } from './signals.ts'

const of = (rows: readonly (readonly number[])[]): Signal =>
  signal(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()))
const run = (signals: Readonly<Record<string, Signal>>) => ({ signal: (name: string) => signals[name] })

describe('the ways of a gradient', () => {
  test('share what arrives at an LSTM’s cell state, in sums of sizes', () => {
    const paths = pathsOf(
      run({
        'grad.cell.direct': of([
          [3, -3],
          [0, 0],
        ]),
        'grad.cell.through_hidden': of([
          [1, 1],
          [0, 2],
        ]),
      }),
    )
    expect(paths?.map(({ id, sizes }) => [id, ...sizes])).toEqual([
      ['direct', 6, 0],
      ['hidden', 2, 2],
    ])
    expect(sharesOver(paths ?? [], 0, 1)).toEqual([0.75, 0.25])
    expect(sharesOver(paths ?? [], 0, 2)).toEqual([0.6, 0.4])
  })

  test('of a GRU: through z of the step after, and the rest', () => {
    const paths = pathsOf(run({ 'gates.update': of([[0], [0.5]]), 'grad.hidden': of([[3], [4]]) }))
    expect(paths?.map(({ sizes }) => [...sizes])).toEqual([
      [2, 0],
      [1, 4],
    ])
  })

  test('are not made up for a cell that has none, nor where nothing arrives', () => {
    expect(pathsOf(run({ 'grad.hidden': of([[1]]) }))).toBeUndefined()
    expect(sharesOver([{ id: 'direct', sizes: Float32Array.of(0) }], 0, 1)).toEqual([0])
  })
})

test('a travel says the usual stretch of a step, the largest and where', () => {
  expect(travelOf(Float32Array.of(0, 0.5, 4, 1), -0.25)).toEqual({
    median: 1,
    largest: 4,
    at: 2,
    lyapunov: -0.25,
    steps: 4,
  })
})
