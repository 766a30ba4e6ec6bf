import { beforeAll, expect, test } from 'vitest'
import { loadBackend } from '../../main/engine/backends/registry.ts'
import type { Compute } from '../../main/engine/layers/layer.ts'
import { experiments } from './registry.ts'
import { pageOf, readPage, readResults } from './results.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await (await loadBackend('auto')).start()).compute
})

test.each(experiments.filter(({ long }) => !long).map((experiment) => [experiment.id, experiment] as const))(
  'the short version of %s reaches what was published',
  (_id, experiment) => {
    const rows = experiment.run({ compute, short: true, progress() {} })
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ verdict }) => verdict !== 'reached')).toEqual([])
  },
  300_000,
)

test('results.md is written from results.json, and has every experiment', () => {
  const results = readResults()
  expect(Object.keys(results)).toEqual(experiments.map(({ id }) => id))
  expect(readPage()).toBe(pageOf(experiments, results))
})
