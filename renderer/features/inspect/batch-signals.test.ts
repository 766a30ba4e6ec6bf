import { expect, test } from 'vitest'
import type { Experiment, RunSummary } from '../../../shared/contract.ts'
import type { BatchView } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { bandsOf } from './bands.ts'
import { batchSignals } from './batch-signals.ts'

const nan = Number.NaN
const view = {
  examples: 'test',
  count: 4,
  available: 9,
  runs: [
    {
      step: 7,
      loss: 0.5,
      arrays: {
        'layers.0.hidden': ndarray([3, 2], Float32Array.of(nan, nan, 1, 2, 3, 4)),
        'layers.0.grad.hidden': ndarray([3, 2], Float32Array.of(nan, nan, 5, 6, 7, 8)),
        'layers.0.norm.hidden': ndarray([3], Float32Array.of(nan, 9, 10)),
        'layers.0.histogram.hidden': ndarray([20], new Float32Array(20)),
        'layers.0.unit.horizon.hidden': ndarray([2], Float32Array.of(2, 3)),
      },
    },
  ],
} as unknown as BatchView
const runs = [{ name: 'rnn', cell: 'rnn' } as RunSummary]
const spec = { cells: [{ cell: 'rnn' }] } as unknown as Experiment['spec']

test('a batch begins where its longest example does, and its norms are means of norms', () => {
  const [run] = batchSignals(runs, spec, view)
  expect(run?.units).toBe(2)
  expect(run?.signal('hidden')?.steps).toBe(2)
  expect(run?.signal('hidden')?.at(0, 1)).toBe(2)
  expect(run?.values('histogram.hidden')).toHaveLength(20)
  expect(run?.values('unit.horizon.hidden')).toHaveLength(2)
  const bands = bandsOf(run ? [run] : [], false)
  expect(bands.map(({ kind, norms }) => [kind, ...norms])).toEqual([['hidden', 9, 10]])
})
