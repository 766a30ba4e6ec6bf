import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { inRoot, root } from './paths.mjs'
import { SetUpError, say } from './say.mjs'

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ packages?: Record<string, LockedPackage> }} Lock */

/**
 * Packages of the lock file that are not installed as it says. Optional ones (other platforms') may be
 * missing, but not differ.
 * @param {Lock} lock package-lock.json
 * @param {Lock} installed node_modules/.package-lock.json, which npm writes once everything is in place
 * @returns {string[]} their paths
 */
export function missingPackages(lock, installed) {
  return Object.entries(lock.packages ?? {})
    .filter(([path, wanted]) => {
      if (path === '' || wanted.link) return false
      const found = installed.packages?.[path]
      return found ? found.version !== wanted.version : !wanted.optional
    })
    .map(([path]) => path)
}

/** @param {string} path @returns {Lock} */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {}
  }
}

const installedLock = () => readLock(inRoot('node_modules', '.package-lock.json'))

/** npm, as started: by itself where it started us, else the one on the path. */
function npm() {
  const self = process.env.npm_execpath
  if (self && basename(self) === 'npm-cli.js') return { command: process.execPath, first: [self], shell: false }
  // Windows' npm is a .cmd file, which only a shell can start.
  return { command: 'npm', first: [], shell: process.platform === 'win32' }
}

/** Installs the locked dependencies where they are missing or differ; does nothing otherwise. */
export async function installDependencies() {
  const lock = readLock(inRoot('package-lock.json'))
  const missing = missingPackages(lock, installedLock())
  if (missing.length === 0) return
  say(
    existsSync(inRoot('node_modules'))
      ? `The dependencies changed (${missing.length} packages); installing them.`
      : 'Installing the dependencies with npm; the first time takes a minute or two.',
  )
  const wanted = Object.entries(lock.packages ?? {}).filter(([path, { optional }]) => path !== '' && !optional)
  const started = performance.now()
  const progress = setInterval(() => {
    const there = wanted.filter(([path]) => existsSync(inRoot(path, 'package.json'))).length
    say(`  ${there} of ${wanted.length} packages, ${Math.round((performance.now() - started) / 1000)} s`)
  }, 5000)
  const { command, first, shell } = npm()
  // Not `npm ci`: it refuses a lock file that lacks a native package for another platform, and npm
  // leaves out those that a registry does not have. --no-save keeps both files as they are; the
  // versions are compared with the lock file below.
  // Errors only: with an older Node every package that asks for a newer one would warn, and none of
  // them runs on the older one.
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const child = spawn(command, [...first, 'install', ...flags], {
    cwd: root,
    shell,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(-1))
    child.on('close', resolve)
  }).finally(() => clearInterval(progress))
  if (code !== 0) {
    throw new SetUpError(
      code === -1 ? 'npm could not be started.' : `npm install failed with exit code ${code}.`,
      'See the lines above; npm 9 or newer and a way to the npm registry are needed once.',
    )
  }
  const left = missingPackages(lock, installedLock())
  if (left.length > 0) {
    throw new SetUpError(
      `npm installed other versions than package-lock.json asks for: ${left.join(', ')}.`,
      'Delete node_modules and run the command again.',
    )
  }
  say(`The dependencies are there (${Math.round((performance.now() - started) / 1000)} s).`)
}
