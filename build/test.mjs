import { checks } from './checks.mjs'
import { main, SetUpError, say } from './say.mjs'
import { setUp } from './set-up.mjs'

/**
 * Checks everything, or the parts named as arguments (`npm test -- unit types`). Goes on after a failure;
 * the last line is the sum.
 */
await main(async () => {
  const wanted = process.argv.slice(2)
  const known = [...new Set(checks.map(({ id }) => id))]
  const unknown = wanted.find((id) => !known.includes(id))
  if (unknown !== undefined)
    throw new SetUpError(`There is no part "${unknown}".`, `The parts are ${known.join(', ')}.`)
  const node = await setUp()
  say(`Checking with Node at ${node}.`)

  /** @type {(import('./reports.mjs').Report & { line: string })[]} */
  const results = []
  for (const { id, title, run } of checks) {
    if (wanted.length > 0 && !wanted.includes(id)) continue
    say(`\n== ${title}`)
    const started = performance.now()
    const report = await run(node).catch((error) => {
      say(error instanceof SetUpError ? error.message : String(error?.stack ?? error))
      return { passed: 0, failed: 1, skipped: [] }
    })
    const seconds = (performance.now() - started) / 1000
    const line = `${report.failed > 0 ? 'FAILED' : 'ok'}: ${title}: ${report.passed} passed, ${report.failed} failed, ${seconds.toFixed(1)} s`
    say(line)
    results.push({ ...report, line })
  }

  /** @param {'passed' | 'failed'} key */
  const sum = (key) => results.reduce((total, report) => total + report[key], 0)
  const skipped = results.flatMap((report) => report.skipped)
  const lines = [
    '',
    ...results.map(({ line }) => line),
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return sum('failed') > 0 ? 1 : 0
})
