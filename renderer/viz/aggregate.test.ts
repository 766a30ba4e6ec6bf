import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colourCells, colourTable, type Rule, spreadOver, spreadsOf, valueOver } from './aggregate.ts'

const numbers = (extra: readonly number[] = []) =>
  fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constant(0), ...extra.map(fc.constant))
const column = (values: readonly number[]) => ({ steps: values.length, units: 1, data: Float32Array.from(values) })
const over = (rule: Rule, values: readonly number[]) => valueOver(rule, column(values), 0, 0, values.length)

describe('what a column says of its steps', () => {
  test('a gradient: its largest; NaN before infinity before any number; zero only where all are', () => {
    fc.assert(
      fc.property(fc.array(numbers(), { minLength: 1, maxLength: 40 }), (values) => {
        expect(over('gradient', values)).toBe(Math.max(...column(values).data.map(Math.abs)))
        expect(over('gradient', [...values, Infinity])).toBe(Infinity)
        expect(over('gradient', [Infinity, ...values, Number.NaN])).toBeNaN()
        expect(over('gradient', values) === 0).toBe(values.every((value) => Math.fround(value) === 0))
      }),
    )
  })

  test('a signed value: the one of largest size, with its sign', () => {
    expect(over('signed', [0.5, -2, 1])).toBe(-2)
    fc.assert(
      fc.property(fc.array(numbers(), { minLength: 1, maxLength: 40 }), (values) => {
        const shown = over('signed', values)
        const { data } = column(values)
        expect(data).toContain(shown)
        expect(data.every((value) => Math.abs(value) <= Math.abs(shown))).toBe(true)
      }),
    )
    expect(over('signed', [-Infinity, 3, Number.NaN])).toBeNaN()
    expect(over('signed', [-Infinity, 3])).toBe(-Infinity)
  })

  test('a gate: its mean, between the least and the largest', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), (values) => {
        const { mean, min, max } = spreadOver(column(values), [0], 0, values.length)
        expect(over('gate', values)).toBeCloseTo(mean, 5)
        expect(mean).toBeGreaterThanOrEqual(min - 1e-6)
        expect(mean).toBeLessThanOrEqual(max + 1e-6)
      }),
    )
    expect(over('gate', [0.5, Number.NaN])).toBeNaN()
    expect(spreadOver(column([0.5, Number.NaN]), [0], 0, 2).min).toBeNaN()
  })

  test('spreads of many units, gone through once, are those of the steps together', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -9, max: 9, noNaN: true }), { minLength: 6, maxLength: 60 }), (values) => {
        const steps = Math.floor(values.length / 3)
        const matrix = { steps, units: 3, data: Float32Array.from(values).slice(0, 3 * steps) }
        const [some, other] = [[0, 2], [1]]
        for (const rows of [some, other, some]) {
          const [once, together] = [spreadsOf(matrix, rows)(1, steps), spreadOver(matrix, rows, 1, steps)]
          expect(once.mean).toBeCloseTo(together.mean, 6)
          expect([once.min, once.max]).toEqual([together.min, together.max])
        }
      }),
    )
  })

  test('spreads of a stretch that goes on beyond the last step are those of the steps there are', () => {
    const spread = spreadsOf({ steps: 2, units: 1, data: Float32Array.of(1, 3) }, [0])
    expect(spread(1, 4)).toEqual({ mean: 3, min: 3, max: 3 })
    expect(spread(2, 4)).toEqual({ mean: Number.NaN, min: Number.NaN, max: Number.NaN })
  })

  test('every rule says of one step what it is', () => {
    for (const rule of ['gate', 'signed'] as const) expect(over(rule, [0.25])).toBe(0.25)
    expect(over('gradient', [-0.25])).toBe(0.25)
  })
})

describe('colours of cells', () => {
  const table = colourTable((value) =>
    value === 0 ? 1 : Number.isFinite(value) ? 1000 + Math.round(Math.log2(Math.abs(value)) * 8) : 2,
  )

  test('are those of the values, finer than a 128th', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-20), max: Math.fround(1e20), noNaN: true }), (value) => {
        const word = new Uint32Array(1)
        colourCells(word, column([value]), [0], { first: 0, per: 1, count: 1 }, 'gradient', table)
        expect(Math.abs((word[0] as number) - (1000 + Math.log2(value) * 8))).toBeLessThan(0.6)
      }),
    )
  })

  test('stand row by row, with marks for zero and for what is not finite', () => {
    // Two units over four steps, two steps a column.
    const matrix = { steps: 4, units: 2, data: Float32Array.of(0, 1, 0, 4, 2, Number.NaN, 1, 1) }
    const words = new Uint32Array(4)
    const broken = colourCells(words, matrix, [1, 0], { first: 0, per: 2, count: 2 }, 'gradient', table)
    expect([...words]).toEqual([1016, 2, 1, 1008])
    expect(broken).toBe(true)
    expect(colourCells(words, matrix, [0], { first: 0, per: 2, count: 2 }, 'gradient', table)).toBe(false)
  })

  test('are, of several steps a column, those of the value that stands for them', () => {
    const steps = 11
    const values = fc.array(fc.float({ min: Math.fround(0.01), max: 1, noNaN: true }), {
      minLength: steps,
      maxLength: steps,
    })
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom('gate', 'signed', 'gradient'),
        (data, per, rule) => {
          const matrix = column(data)
          const first = per
          const count = Math.ceil((steps - first) / per)
          const words = new Uint32Array(count)
          colourCells(words, matrix, [0], { first, per, count }, rule as Rule, table)
          for (let k = 0; k < count; k += 1) {
            const value = valueOver(rule as Rule, matrix, 0, first + k * per, Math.min(steps, first + (k + 1) * per))
            expect(Math.abs((words[k] as number) - (1000 + Math.log2(value) * 8))).toBeLessThan(0.6)
          }
        },
      ),
    )
  })
})
