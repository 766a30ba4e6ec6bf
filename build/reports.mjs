/**
 * What a part of the check found.
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 */

const noReason = 'no reason given'

/**
 * A skipped test and why; a title may carry the reason in brackets at its end.
 * @param {string} name @param {string | undefined} note
 */
export function skippedTest(name, note) {
  const [, title, reason] = /^(.*) \((.+)\)$/s.exec(name) ?? []
  if (!note && title && reason) return { name: title, reason }
  return { name, reason: note || noReason }
}

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
          const note = result.state === 'skipped' ? result.note : undefined
          report.skipped.push(skippedTest(`${module.relativeModuleId}: ${test.fullName}`, note))
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
          const note = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description
          report.skipped.push(skippedTest(`${path}: ${spec.title}`, note))
        } else report.failed += 1
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${path}: ${inner.title}`)
  }
  for (const suite of json.suites) visit(suite, suite.title)
  return report
}
