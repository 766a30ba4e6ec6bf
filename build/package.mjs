import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { electronFolder, electronProgram } from './electron.mjs'
import { desktop, make } from './make.mjs'
import { inRoot } from './paths.mjs'
import { runTool } from './run.mjs'
import { main } from './say.mjs'
import { setUp } from './set-up.mjs'

/**
 * Packs the desktop app for this platform into dist/. Arguments go to electron-builder:
 * `npm run package -- --dir` leaves it unpacked, `-c.electronDist=DIR` packs around another Electron.
 */
await main(async () => {
  const node = await setUp()
  await make(node, desktop)
  execFileSync(node, [inRoot('build', 'icon.mjs'), inRoot('out', 'icons', 'icon.png')])
  const there = existsSync(electronProgram(process.platform, process.env))
  const local = there ? [`-c.electronDist=${electronFolder(process.env)}`] : []
  const args = ['--config', 'build/electron-builder.yml', '--publish', 'never', ...local, ...process.argv.slice(2)]
  return (await runTool(node, 'electron-builder/cli.js', args)).code
})
