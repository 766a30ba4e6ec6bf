import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnsFor, edgeOf, middleOf, rulerSteps, stepAt, stepsIn } from './columns.ts'

describe('time columns', () => {
  test('take whole pixels and as much of the room as fits', () => {
    expect(columnsFor(50, 572)).toMatchObject({ per: 1, pixels: 11, width: 550 })
    expect(columnsFor(3, 572, 24)).toMatchObject({ per: 1, pixels: 24, width: 72 })
  })

  test('share a pixel when there are more steps than pixels', () => {
    expect(columnsFor(1000, 400)).toMatchObject({ per: 3, pixels: 1, count: 334 })
  })

  test('lead from a step to its pixels and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 40, max: 1200 }), (steps, room) => {
        const columns = columnsFor(steps, room)
        expect(columns.width).toBeLessThanOrEqual(room)
        const step = Math.floor(steps / 2)
        const back = stepAt(columns, middleOf(columns, step))
        expect(Math.abs(back - step)).toBeLessThan(columns.per)
        expect(edgeOf(columns, 0)).toBe(0)
      }),
    )
  })

  test('are numbered at the ends and at round steps between, without collisions', () => {
    const columns = columnsFor(50, 572)
    expect(rulerSteps(columns).map((step) => step + 1)).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
    expect(rulerSteps(columnsFor(1, 572))).toEqual([0])
  })

  test('show a stretch: every one of its steps in exactly one column, on whole pixels', () => {
    const stretch = fc
      .tuple(
        fc.integer({ min: 8, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map(([steps, a, b]) => {
        const size = Math.max(8, Math.round(b * steps))
        const from = Math.round(a * (steps - size))
        return { steps, from, to: from + size }
      })
    fc.assert(
      fc.property(stretch, fc.integer({ min: 40, max: 1200 }), ({ steps, from, to }, room) => {
        const columns = columnsFor(steps, room, 40, { from, to })
        expect(Number.isInteger(columns.pixels) && columns.width <= room).toBe(true)
        expect(columns.first).toBeLessThanOrEqual(from)
        expect(from - columns.first).toBeLessThan(columns.per)
        let next = columns.first
        for (let column = 0; column < columns.count; column += 1) {
          const [begins, ends] = stepsIn(columns, column)
          expect(begins).toBe(next)
          expect(ends).toBeGreaterThan(begins)
          next = ends
        }
        expect(next).toBe(columns.end)
        expect(to - columns.end).toBeLessThan(columns.per)
      }),
    )
  })
})
