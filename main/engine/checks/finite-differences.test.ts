import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { wasm } from '../backends/wasm.ts'
import { cells } from '../cells/catalogue.ts'
import { generic } from '../layers/generic.ts'
import { slopeErrors } from './finite-differences.ts'
import { drawExample } from './problems.ts'

beforeAll(async () => {
  await wasm.start()
})

describe.each(cells.map(({ id }) => id))('%s', (cell) => {
  test('every gradient is the slope of the loss in float64, on random shapes', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const { model, batch } = drawExample(seed, { cell })
      const wrong = slopeErrors(generic, model, batch).filter(({ relative }) => !(relative <= 1e-4))
      expect(wrong, JSON.stringify(model.config)).toEqual([])
    })
    fc.assert(property, { numRuns: 12, seed: 7 })
  })
})

test('a wrong gradient is found out', () => {
  const { model, batch } = drawExample(3, { cell: 'lstm' })
  const skewed: typeof generic = {
    ...generic,
    layer(...args) {
      const pass = generic.layer(...args)
      return {
        ...pass,
        backward(...asked) {
          const gradients = pass.backward(...asked)
          const { cell } = gradients
          return cell ? { ...gradients, cell: { ...cell, data: cell.data.map((value) => value * 1.001) } } : gradients
        },
      }
    },
  }
  const wrong = slopeErrors(skewed, model, batch).filter(({ relative }) => relative > 1e-4)
  expect(wrong.length).toBeGreaterThan(0)
  for (const { of } of wrong) expect(of).toMatch(/\.cell at /)
})
