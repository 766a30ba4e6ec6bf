import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say } from './say.mjs'

/** @param {string} command @param {readonly string[]} args */
function aptGet(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync('apt-get', ['-qq', command, ...args], {
    env,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  return status === 0
}

/**
 * Installs Debian's packages where we may: as root on Debian. Says whether it could.
 * @param {readonly string[]} packages
 * @param {string} what they are for
 */
export function installPackages(packages, what) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  say(`Installing Debian's ${packages.join(', ')} for ${what}.`)
  return aptGet('update', []) && aptGet('install', ['-y', '--no-install-recommends', ...packages])
}
