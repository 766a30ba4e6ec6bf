import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stamp } from './fingerprint.mjs'
import { inRoot } from './paths.mjs'
import { environment } from './run.mjs'
import { say } from './say.mjs'

/** Where Electron's program lies inside its folder, per platform. @type {Readonly<Record<string, string>>} */
const programs = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe', linux: 'electron' }

/**
 * Electron's folder, whether or not anything is there.
 * @param {NodeJS.ProcessEnv} env
 */
export const electronFolder = (env) => env.ELECTRON_OVERRIDE_DIST_PATH || inRoot('node_modules', 'electron', 'dist')

/** @param {string} platform @param {NodeJS.ProcessEnv} env */
export const electronProgram = (platform, env) => join(electronFolder(env), programs[platform] ?? 'electron')

/**
 * Why no window can be shown, in words, whatever Electron is; undefined when one can.
 * @param {{ platform: string, env: NodeJS.ProcessEnv, uid?: number }} machine
 */
export function noWindowBecause({ platform, env, uid }) {
  if (platform !== 'linux') return undefined
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display'
  if (uid === 0) return "Electron's sandbox does not work for root"
  return undefined
}

const day = 24 * 60 * 60 * 1000
/** Enough for the download on an ordinary line; a line that leads nowhere should not hold up the lab. */
const patience = { first: 90_000, asked: 900_000 }

/**
 * Electron's program, fetched by Electron's own installer where it is missing (its npm package has no
 * binary). A failure is remembered for a day, so that not every start waits for it.
 * @param {string} node
 * @param {boolean} asked the person asks for another try
 * @returns {Promise<string | undefined>} undefined when it cannot be had
 */
export async function findElectron(node, asked) {
  const program = electronProgram(process.platform, process.env)
  if (existsSync(program)) return program
  const failed = stamp('electron-failed')
  const now = Math.floor(Date.now() / day)
  const recently = failed.is(`${now}`) || failed.is(`${now - 1}`)
  if (process.env.CI || process.env.ELECTRON_OVERRIDE_DIST_PATH || (recently && !asked)) return undefined
  say("Fetching Electron's binary with its own installer (about 120 MB).")
  const child = spawn(node, [inRoot('node_modules', 'electron', 'install.js')], {
    stdio: 'ignore',
    env: environment(node),
    timeout: asked ? patience.asked : patience.first,
  })
  await new Promise((resolve) => child.on('error', resolve).on('close', resolve))
  if (existsSync(program)) return program
  failed.set(`${now}`)
  return undefined
}
