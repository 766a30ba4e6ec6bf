import { expect, test } from 'vitest'
import { toJson } from './numbers.ts'

test('JSON says which number is not finite', () => {
  const scores = { loss: Number.NaN, metric: [Infinity, -Infinity, 0.5], failure: null }
  expect(toJson(scores)).toBe('{"loss":"nan","metric":["inf","-inf",0.5],"failure":null}')
  expect(JSON.parse(toJson(scores, 2))).toEqual({ loss: 'nan', metric: ['inf', '-inf', 0.5], failure: null })
})
