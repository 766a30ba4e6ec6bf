import { writeFileSync } from 'node:fs'
import { CountingReporter } from './reports.mjs'

/** Given to vitest by checks.mjs; writes its counts to the file that UNROLL_REPORT names. */
export default class extends CountingReporter {
  constructor() {
    super((report) => writeFileSync(process.env.UNROLL_REPORT ?? '', JSON.stringify(report)))
  }
}
