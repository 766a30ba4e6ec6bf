import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { electronFolder, electronProgram } from './electron.mjs'
import { desktop, make } from './make.mjs'
import { cacheFolder, inRoot } from './paths.mjs'
import { runTool } from './run.mjs'
import { main, say } from './say.mjs'
import { setUp } from './set-up.mjs'

/**
 * Packs the desktop app for this platform into dist/. Arguments go to electron-builder:
 * `npm run package -- --dir` leaves it unpacked, `-c.electronDist=DIR` packs around another Electron.
 */
await main(async () => {
  const node = await setUp()
  await make(node, desktop)
  takeBinding()
  execFileSync(node, [inRoot('build', 'icon.mjs'), inRoot('out', 'icons', 'icon.png')])
  const there = existsSync(electronProgram(process.platform, process.env))
  const local = there ? [`-c.electronDist=${electronFolder(process.env)}`] : []
  const args = ['--config', 'build/electron-builder.yml', '--publish', 'never', ...local, ...process.argv.slice(2)]
  return (await runTool(node, 'electron-builder/cli.js', args)).code
})

/**
 * The native part of an engine pack that was made on this machine goes with the app: whoever installs an engine there
 * needs no compiler. Packs are looked for where the tests make theirs, or in UNROLL_ENGINES.
 */
function takeBinding() {
  const target = inRoot('out', 'binding')
  rmSync(target, { recursive: true, force: true })
  const engines = process.env.UNROLL_ENGINES ?? join(cacheFolder, 'engines')
  const current = join(engines, 'current.json')
  const packs = existsSync(current) ? Object.values(JSON.parse(readFileSync(current, 'utf8'))) : []
  const pack = packs.map((name) => join(engines, String(name))).find(fitsHere)
  if (!pack)
    return say('No engine pack of this version was made here: the app compiles its binding (unroll engine install).')
  const carried = join(target, `${process.platform}-${process.arch}`)
  mkdirSync(carried, { recursive: true })
  for (const name of readdirSync(pack)) if (name.endsWith('.node')) cpSync(join(pack, name), join(carried, name))
}

/** Whether a pack is of this version and for this machine, as main/lab/packs/store.ts has it. @param {string} path */
function fitsHere(path) {
  const described = join(path, 'pack.json')
  if (!existsSync(described)) return false
  const { format, platform } = JSON.parse(readFileSync(described, 'utf8'))
  return format === 'unroll-pack/2' && platform === `${process.platform} ${process.arch}`
}
