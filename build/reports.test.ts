import { expect, it } from 'vitest'
import { readPlaywright, skippedTest } from './reports.mjs'

const test = (status: string, description?: string) => ({
  title: status,
  tests: [{ status, annotations: description ? [{ type: 'skip', description }] : [] }],
})

it("counts Playwright's report, nested suites, flaky tests and errors outside tests included", () => {
  const report = readPlaywright({
    suites: [
      {
        title: 'a.spec.ts',
        specs: [test('expected'), test('skipped', 'no binary')],
        suites: [{ title: 'inner', specs: [test('flaky'), test('unexpected'), test('skipped')] }],
      },
    ],
    errors: ['a file that does not load'],
  })
  expect(report).toEqual({
    passed: 1,
    failed: 3,
    skipped: [
      { name: 'a.spec.ts: skipped', reason: 'no binary' },
      { name: 'a.spec.ts: inner: skipped', reason: 'no reason given' },
    ],
  })
})

it('takes the reason of a skip from its note, or from brackets at the end of its title', () => {
  expect(skippedTest('goldens (no Python)', undefined)).toEqual({ name: 'goldens', reason: 'no Python' })
  expect(skippedTest('goldens (no Python)', 'no torch')).toEqual({ name: 'goldens (no Python)', reason: 'no torch' })
})
