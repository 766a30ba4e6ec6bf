import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { finished, startCli } from '../../main/cli/child.ts'
import { environmentOf, findPack } from '../../main/lab/packs/store.ts'

/** The real engine pack, for tests: made once and kept in the cache. */

export const id = 'tensorflow-cpu'
export const installTime = 600_000

/** Kept from run to run: making it takes half a minute and a download of 270 MB. */
export const engines = fileURLToPath(new URL('../../.cache/engines', import.meta.url))

/** Why the engine cannot be made here; undefined where it can. */
export const missing: string | undefined = (() => {
  if (process.platform !== 'linux') return 'its wheels carry no library for this platform'
  if (!starts('python3', '-m', 'pip', '--version')) return 'no python3 with pip on this machine'
  if (!['g++', 'clang++', 'c++'].some((name) => starts(name, '--version'))) return 'no C++ compiler on this machine'
  return undefined
})()

function starts(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Installs the engine unless it is there. Test files run side by side: the one that comes second waits. */
export async function ensurePack(): Promise<void> {
  process.env.UNROLL_ENGINES = engines
  for (;;) {
    if (await findPack(id).catch(() => undefined)) return
    const { code, stderr } = await finished(startCli(join(engines, '..'), ['engine', 'install', id]))
    if (code !== 0 && !/another installation is under way/i.test(stderr)) throw new Error(stderr)
    if (code !== 0) await setTimeout(500)
  }
}

/** The cache's pack under another folder: the same files by other names, which can be removed there. */
export function linkPack(folder: string): void {
  const { [id]: name } = JSON.parse(readFileSync(join(engines, 'current.json'), 'utf8')) as Record<string, string>
  if (name === undefined) throw new Error(`${engines} has no ${id}`)
  mkdirSync(join(folder, name))
  for (const file of readdirSync(join(engines, name))) linkSync(join(engines, name, file), join(folder, name, file))
  writeFileSync(join(folder, 'current.json'), JSON.stringify({ [id]: name }))
}

/** Puts what the engine needs into this process' environment, to start it here. */
export async function enterPack(): Promise<void> {
  await ensurePack()
  const pack = await findPack(id)
  if (pack) Object.assign(process.env, environmentOf(pack))
}
