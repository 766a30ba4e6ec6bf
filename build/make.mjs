import { existsSync } from 'node:fs'
import { fingerprint, stamp } from './fingerprint.mjs'
import { inRoot } from './paths.mjs'
import { runTool } from './run.mjs'
import { SetUpError, say } from './say.mjs'

/**
 * @typedef {object} Product
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} sources paths inside the repository
 * @property {readonly string[]} results files that must exist for it to count as built
 * @property {string} tool inside node_modules
 * @property {readonly string[]} args
 */

/** The page, for the server. @type {Product} */
export const page = {
  name: 'page',
  title: 'the page',
  sources: ['renderer', 'shared', 'package-lock.json'],
  results: ['out/renderer/index.html'],
  tool: 'vite/bin/vite.js',
  args: ['build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
}

/** Page, main process, engine and preload, for Electron and for packages. @type {Product} */
export const desktop = {
  name: 'desktop',
  title: 'the desktop app',
  sources: ['renderer', 'shared', 'main', 'electron.config.ts', 'package-lock.json'],
  results: [
    'out/renderer/index.html',
    'out/main/electron.js',
    'out/main/engine.js',
    'out/main/thread.js',
    'out/main/run-thread.js',
    'out/main/draw-thread.js',
    'out/preload/preload.cjs',
  ],
  tool: 'electron-vite/bin/electron-vite.js',
  args: ['build', '-c', 'electron.config.ts', '--logLevel', 'warn'],
}

/**
 * Builds a product unless its sources are those of the last build.
 * @param {string} node @param {Product} product
 */
export async function make(node, product) {
  const sources = fingerprint(product.sources.map((path) => inRoot(path)))
  const made = stamp(product.name)
  if (made.is(sources) && product.results.every((path) => existsSync(inRoot(path)))) return
  say(`Building ${product.title}.`)
  const started = performance.now()
  const { code, output } = await runTool(node, product.tool, product.args, { quiet: true })
  if (code !== 0) throw new SetUpError(output.trim(), `Building ${product.title} failed; see above.`)
  made.set(sources)
  say(`Built ${product.title} (${((performance.now() - started) / 1000).toFixed(1)} s).`)
}
