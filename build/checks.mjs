import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findBrowser } from './browser.mjs'
import { installFonts } from './fonts.mjs'
import { page } from './make.mjs'
import { cacheFolder } from './paths.mjs'
import { readPlaywright } from './reports.mjs'
import { runTool } from './run.mjs'

/** @typedef {import('./reports.mjs').Report} Report */
/** @typedef {{ id: string, title: string, run: (node: string) => Promise<Report> }} Check */

/** A tool that says yes or no counts as one test. @param {number} code @returns {Report} */
const verdict = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] })

/**
 * @param {string} id
 * @param {string} title
 * @param {string} script path inside node_modules
 * @param {readonly string[]} args
 * @returns {Check}
 */
const tool = (id, title, script, args) => ({
  id,
  title,
  run: async (node) => verdict((await runTool(node, script, args)).code),
})

/**
 * A test runner that leaves a report; its exit code has the last word.
 * @param {string} name
 * @param {(file: string) => Promise<{ code: number }>} runner
 * @param {(text: string) => Report} read
 * @returns {Promise<Report>}
 */
async function counted(name, runner, read) {
  const file = join(cacheFolder, 'reports', `${name}.json`)
  mkdirSync(join(cacheFolder, 'reports'), { recursive: true })
  rmSync(file, { force: true })
  const { code } = await runner(file)
  /** @type {Report} */
  let report = { passed: 0, failed: 0, skipped: [] }
  try {
    report = read(readFileSync(file, 'utf8'))
  } catch {
    // No report: the runner itself failed, which its exit code says.
  }
  const ran = report.passed + report.failed + report.skipped.length > 0
  return report.failed === 0 && (code !== 0 || !ran) ? { ...report, failed: 1 } : report
}

/** @param {string} node @param {string} name @param {readonly string[]} projects @param {NodeJS.ProcessEnv} [env] */
const vitest = (node, name, projects, env) =>
  counted(
    name,
    (file) =>
      runTool(
        node,
        'vitest/vitest.mjs',
        [
          'run',
          '--config=tests/vitest.config.ts',
          ...projects.map((project) => `--project=${project}`),
          '--reporter=default',
          '--reporter=./build/vitest-reporter.mjs',
        ],
        { env: { ...env, UNROLL_REPORT: file } },
      ),
    JSON.parse,
  )

const tsc = 'typescript/bin/tsc'
/** Every room with a tsconfig of its own, a room before those that import it. */
const rooms = ['shared', 'main/engine', 'main/lab', 'main/server', 'main/cli', 'main/electron', 'build', 'tests']

/** Everything `npm test` checks, in its order. @type {readonly Check[]} */
export const checks = [
  tool('format', 'format and lint', '@biomejs/biome/bin/biome', [
    'ci',
    '--config-path=build',
    '--error-on-warnings',
    ...(process.stderr.isTTY ? [] : ['--colors=off']),
  ]),
  ...rooms.map((room) => tool('types', `types of ${room}`, tsc, ['-b', room])),
  tool('types', 'types of renderer', 'svelte-check/bin/svelte-check', [
    '--workspace=renderer',
    '--tsconfig=./tsconfig.json',
    '--fail-on-warnings',
    '--output=human',
  ]),
  tool('unused', 'unused files, exports and dependencies', 'knip/bin/knip.js', ['--config=build/knip.json']),
  {
    id: 'unit',
    title: 'unit tests',
    run: async (node) => {
      // With a browser comes a GPU in software (software-gpu.mjs); where there is none its tests are skipped.
      const browser = await findBrowser(node).catch(() => undefined)
      return vitest(node, 'unit', ['node', 'page'], { UNROLL_BROWSER: browser })
    },
  },
  tool('page', 'build of the page', page.tool, page.args),
  {
    id: 'e2e',
    title: 'end to end',
    run: async (node) => {
      // Playwright sets FORCE_COLOR for its workers, and every Node they start would warn of both.
      const env = { UNROLL_BROWSER: await findBrowser(node) }
      installFonts()
      return counted(
        'e2e',
        (file) =>
          runTool(
            node,
            '@playwright/test/cli.js',
            ['test', '--config=tests/playwright.config.ts', '--reporter=list,json'],
            {
              env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file, NO_COLOR: undefined },
            },
          ),
        (text) => readPlaywright(JSON.parse(text)),
      )
    },
  },
  { id: 'package', title: "packaged app's layout", run: (node) => vitest(node, 'package', ['package']) },
]
