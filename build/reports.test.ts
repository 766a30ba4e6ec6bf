import { expect, it } from 'vitest'
import { readPlaywright } from './reports.mjs'

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
