import { beforeAll, describe, expect, test } from 'vitest'
import { checkIds } from '../../../shared/contract.ts'
import { wasm } from '../backends/wasm.ts'
import { generic } from '../layers/generic.ts'
import type { Compute } from '../layers/layer.ts'
import { runCheck } from './registry.ts'
import { checkLeaks } from './runs.ts'

let builtIn: Compute
beforeAll(async () => {
  builtIn = (await wasm.start()).compute
})

describe.each(['the built-in engine', 'the generic path'])('on %s', (engine) => {
  test.each(checkIds)('%s holds', (id) => {
    const { rows } = runCheck(id, engine === 'the generic path' ? generic : builtIn, engine)
    expect(rows.length).toBeGreaterThan(2)
    expect(rows.filter(({ figure, limit }) => !(figure <= limit))).toEqual([])
  })
})

/** An engine whose states and their gradients are off by a little, never twice by the same, and which leaks. */
const broken: Compute = (() => {
  let calls = 0
  return {
    ...generic,
    held: () => calls,
    layer(layer, sequence, options) {
      const pass = generic.layer(layer, sequence, options)
      calls += 1
      const skewed = <A extends { data: Float32Array }>(array: A) => ({
        ...array,
        data: array.data.map((value, k) => value * (k === 0 ? 1.01 : 1.001 + 1e-6 * calls)),
      })
      return {
        ...pass,
        hidden: skewed(pass.hidden),
        backward(...asked) {
          const gradients = pass.backward(...asked)
          const hidden = gradients.hidden && skewed(gradients.hidden)
          return { ...gradients, ...(hidden && { hidden }), ...(gradients.cell && { cell: skewed(gradients.cell) }) }
        },
      }
    },
  }
})()

// The other checks have broken engines of their own in broken-engines.test.ts.
test.each(['batch-order', 'same-bits', 'resume'] as const)('%s finds out a broken engine', (id) => {
  const { rows } = runCheck(id, broken, 'broken')
  expect(rows.some(({ figure, limit }) => !(figure <= limit))).toBe(true)
})

test('leaks finds out an engine that leaves something behind', () => {
  expect(checkLeaks(broken, 2).every(({ figure }) => figure === 2)).toBe(true)
})
