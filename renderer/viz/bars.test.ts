import { expect, test } from 'vitest'
import { drawSizes } from './bars.ts'
import type { Palette } from './colour.ts'
import { columnsFor } from './columns.ts'
import type { Context } from './surface.ts'

/** Every rectangle that is filled, in its colour; everything else is let pass. */
function recorder() {
  const filled: (readonly [colour: string, x: number, height: number])[] = []
  const state: Record<string, unknown> = {
    fillRect: (x: number, _y: number, _width: number, height: number) =>
      filled.push([String(state.fillStyle), x, height]),
  }
  const g = new Proxy(state, { get: (own, name) => own[String(name)] ?? (() => undefined) })
  return { g: g as unknown as Context, filled }
}

test('where a size is not finite its column is marked, and the others keep their heights', () => {
  const { g, filled } = recorder()
  const palette = { surface: 'paper', nan: 0xff00_00ff, nanInk: 'ink' } as Palette
  drawSizes(g, columnsFor(4, 40), 22, Float32Array.of(1, Number.NaN, 2, Infinity), 'blue', palette)
  const [, one, nan, two, infinite] = filled
  expect([one, two]).toEqual([
    ['blue', 0, 10],
    ['blue', 20, 20],
  ])
  for (const column of [nan, infinite]) expect(column?.[0]).not.toBe('blue')
  expect([nan?.slice(1), infinite?.slice(1)]).toEqual([
    [10, 22],
    [30, 22],
  ])
})
