/**
 * What a part of the check found.
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 */

const noReason = 'no reason given'

/** vitest reporter: counts, with the reasons that its JSON reporter leaves out. */
export class CountingReporter {
  /** @param {(report: Report) => void} done */
  constructor(done) {
    this.done = done
  }

  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Report} */
    const report = { passed: 0, failed: unhandled.length, skipped: [] }
    for (const module of modules) {
      // A file or a suite hook that throws leaves its tests unrun: it is a failure of its own.
      report.failed += module.errors().length
      for (const suite of module.children.allSuites()) report.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') report.passed += 1
        else if (result.state === 'failed') report.failed += 1
        else {
          const reason = (result.state === 'skipped' && result.note) || noReason
          report.skipped.push({ name: `${module.relativeModuleId}: ${test.fullName}`, reason })
        }
      }
    }
    this.done(report)
  }
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} title
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title: string, tests: { status: string, annotations: { type: string, description?: string }[] }[] }[]} [specs]
 */

/**
 * Counts of Playwright's JSON report. A test that passed only when repeated has failed.
 * @param {{ suites: PlaywrightSuite[], errors: unknown[] }} json
 * @returns {Report}
 */
export function readPlaywright(json) {
  /** @type {Report} */
  const report = { passed: 0, failed: json.errors.length, skipped: [] }
  /** @param {PlaywrightSuite} suite @param {string} path */
  const visit = (suite, path) => {
    for (const spec of suite.specs ?? []) {
      for (const { status, annotations } of spec.tests) {
        if (status === 'expected') report.passed += 1
        else if (status === 'skipped') {
          const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description ?? noReason
          report.skipped.push({ name: `${path}: ${spec.title}`, reason })
        } else report.failed += 1
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${path}: ${inner.title}`)
  }
  for (const suite of json.suites) visit(suite, suite.title)
  return report
}
