import { beforeAll, expect, test } from 'vitest'
import { loadBackend } from '../../main/engine/backends/registry.ts'
import type { Compute } from '../../main/engine/layers/layer.ts'
import { experiments } from './registry.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await (await loadBackend('auto')).start()).compute
})

test.each(experiments.filter(({ long }) => !long).map((experiment) => [experiment.id, experiment] as const))(
  'the short version of %s reproduces what was published',
  (_id, experiment) => {
    const rows = experiment.run({ compute, short: true, progress() {} })
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ verdict }) => verdict !== 'reproduced')).toEqual([])
  },
  300_000,
)
