import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { inRoot, root } from './paths.mjs'

const windows = process.platform === 'win32'
const flags = ['--disable-warning=ExperimentalWarning']

/**
 * The environment of everything that runs on `node`: what starts `node` by name gets the same one.
 * @param {string} node
 */
export const environment = (node) => ({ ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` })

/**
 * Exit code of a process, a signal as shells count it (130 for SIGINT).
 * @param {number | null} code @param {NodeJS.Signals | null} signal
 */
export const exitCode = (code, signal) => code ?? 128 + (signal ? constants.signals[signal] : 0)

/**
 * npm passes a signal to the shell in between, which ends without passing it on: the shell's end is
 * all that we see of it.
 * @param {() => void} end
 */
function endWithNpm(end) {
  const shell = process.ppid
  if (!process.env.npm_lifecycle_event) return undefined
  return setInterval(() => {
    if (process.ppid !== shell) end()
  }, 500).unref()
}

/**
 * Runs a program in place of this one: its streams are ours, signals sent to us go to it, once.
 *
 * It has a process group of its own, because a terminal's Ctrl-C goes to every process of a group: it
 * would arrive there twice, from the terminal and from us, and the second one means "at once".
 * Windows has no such signals; there the console alone tells the program.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, channel?: boolean }} [options] channel: end it when we are killed
 * @returns {Promise<number>} its exit code
 */
export function become(command, args, { env = process.env, channel = false } = {}) {
  const child = spawn(command, [...args], {
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env,
    detached: !windows,
  })
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (!windows) child.kill(signal)
  }
  for (const signal of signals) process.on(signal, forward)
  const watch = endWithNpm(() => forward('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      clearInterval(watch)
      resolve(exitCode(code, signal))
    })
  })
}

/**
 * What is allocated anew is collected whenever it comes to so many MB. On machines with much memory V8 waits for several
 * times that, which a long import then holds, and is no faster for it.
 */
const nursery = '--max-semi-space-size=16'

/**
 * Runs the lab's command line from its sources.
 * @param {string} node @param {readonly string[]} args
 */
export function runLab(node, args) {
  const tie = new URL('./end-with-parent.mjs', import.meta.url).href
  return become(node, [...flags, nursery, '--import', tie, inRoot('main', 'cli', 'main.ts'), ...args], {
    env: environment(node),
    channel: true,
  })
}

/**
 * Runs a tool of node_modules on `node` in the repository's root.
 * @param {string} node
 * @param {string} script path inside node_modules
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options] quiet: keep its output, else it goes to stderr
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runTool(node, script, args, { quiet = false, env = {} } = {}) {
  const child = spawn(node, [...flags, inRoot('node_modules', ...script.split('/')), ...args], {
    cwd: root,
    stdio: ['ignore', quiet ? 'pipe' : process.stderr, quiet ? 'pipe' : process.stderr],
    env: { ...environment(node), ...(process.stderr.isTTY ? {} : { NO_COLOR: '1' }), ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), output }))
  })
}
