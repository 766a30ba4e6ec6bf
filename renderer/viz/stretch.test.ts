import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { including, isWhole, moved, resized, type Stretch, whole, zoomed } from './stretch.ts'

const sequence = fc.integer({ min: 1, max: 5000 })
const isInside = ({ from, to }: Stretch, steps: number) =>
  Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to <= steps && to - from >= Math.min(8, steps)

describe('a stretch of time', () => {
  test('stays inside the sequence, in whole steps, whatever is done to it', () => {
    const action = fc.oneof(
      fc.record({
        kind: fc.constant('zoom'),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        by: fc.double({ min: 0.2, max: 5, noNaN: true }),
      }),
      fc.record({ kind: fc.constant('move'), at: fc.constant(0), by: fc.integer({ min: -6000, max: 6000 }) }),
      fc.record({
        kind: fc.constantFrom('from', 'to'),
        at: fc.double({ min: -1, max: 2, noNaN: true }),
        by: fc.constant(0),
      }),
    )
    fc.assert(
      fc.property(sequence, fc.array(action, { maxLength: 12 }), (steps, actions) => {
        let shown = whole(steps)
        for (const { kind, at, by } of actions) {
          if (kind === 'zoom') shown = zoomed(shown, steps, shown.from + at * (shown.to - shown.from), by)
          else if (kind === 'move') shown = moved(shown, steps, by)
          else shown = resized(shown, steps, kind as 'from' | 'to', at * steps)
          expect(isInside(shown, steps)).toBe(true)
        }
      }),
    )
  })

  test('zooms at the pointer: the step under it stays there, to a step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), (at) => {
        const shown = zoomed(whole(1000), 1000, at, 1 / 4)
        expect(Math.abs((at - shown.from) / 250 - at / 1000)).toBeLessThan(1 / 250)
      }),
    )
  })

  test('is all of it again after zooming out far enough', () => {
    const shown = zoomed({ from: 400, to: 420 }, 1000, 410, 1000)
    expect(isWhole(shown, 1000)).toBe(true)
  })

  test('follows the cursor no farther than it must', () => {
    expect(including({ from: 10, to: 20 }, 100, 15)).toEqual({ from: 10, to: 20 })
    expect(including({ from: 10, to: 20 }, 100, 20)).toEqual({ from: 11, to: 21 })
    expect(including({ from: 10, to: 20 }, 100, 4)).toEqual({ from: 4, to: 14 })
  })
})
