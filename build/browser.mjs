import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installPackages } from './debian.mjs'
import { inRoot } from './paths.mjs'
import { runTool } from './run.mjs'
import { SetUpError, say } from './say.mjs'

/** Programs of Chrome, Chromium and Edge by the names they have on a path. */
const names = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
]

/**
 * Where an installed Chrome, Chromium or Edge may lie, best first.
 * @param {string} platform @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function browserPlaces(platform, env) {
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    )
    const programs = [
      'Google/Chrome/Application/chrome.exe',
      'Chromium/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
    ]
    return programs.flatMap((program) => folders.map((folder) => join(folder, program)))
  }
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    )
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

const installed = () => browserPlaces(process.platform, process.env).find((path) => existsSync(path))

/** Debian's Chromium, where we may install it. */
function installDebianPackage() {
  return installPackages(['chromium'], 'the end-to-end tests') ? installed() : undefined
}

/** @param {string} node */
async function downloadPlaywrights(node) {
  const place = spawnSync(node, ['-p', 'require("@playwright/test").chromium.executablePath()'], {
    cwd: inRoot(),
    encoding: 'utf8',
  })
  const path = place.stdout.trim()
  if (existsSync(path)) return path
  say("Fetching Playwright's Chromium for the end-to-end tests.")
  await runTool(node, '@playwright/test/cli.js', ['install', 'chromium'])
  return existsSync(path) ? path : undefined
}

/**
 * A real Chromium for the end-to-end tests: UNROLL_BROWSER, an installed one, Debian's package when we
 * are root, Playwright's download, in this order. Throws SetUpError when there is none.
 * @param {string} node
 * @returns {Promise<string>} its path
 */
export async function findBrowser(node) {
  const asked = process.env.UNROLL_BROWSER
  if (asked && !existsSync(asked)) {
    throw new SetUpError(`UNROLL_BROWSER is ${asked}, which is not there.`, 'Set it to a Chromium, or unset it.')
  }
  const found = asked || installed() || installDebianPackage() || (await downloadPlaywrights(node))
  if (found) return found
  throw new SetUpError(
    'There is no Chrome, Chromium or Edge, and none could be installed.',
    'Install one, or set UNROLL_BROWSER to its program.',
  )
}
