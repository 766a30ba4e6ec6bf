import { expect, test } from 'vitest'
import { asText, holds, writeFigure } from './report.ts'

const report = (figure: number) =>
  ({ id: 'paths', engine: 'wasm', seconds: 1, rows: [{ of: 'lstm', figure, limit: 1e-5 }] }) as const

test('a figure that is not a number does not hold', () => {
  expect(holds(report(1e-6))).toBe(true)
  expect(holds(report(1e-4))).toBe(false)
  expect(holds(report(Number.NaN))).toBe(false)
})

test('the report as text names engine, time, figure and limit', () => {
  const text = asText([report(1e-6), report(1)], null, [], new Date(0))
  expect(text).toBe(
    'Unroll , engine wasm 1970-01-01T00:00:00.000Z\ncheck\tof\tfigure\tlimit\tresult\n' +
      'paths\tlstm\t0.000001\t0.00001\tok\npaths\tlstm\t1\t0.00001\tover',
  )
  expect([0, 1.23e-7, 0.5, 1e-4].map(writeFigure)).toEqual(['0', '1.2e-7', '0.50', '1.0e-4'])
})
