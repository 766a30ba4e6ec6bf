import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { finished, startCli } from '../../main/cli/child.ts'
import { isOffered, recipeFor } from '../../main/lab/packs/recipes.ts'
import { environmentOf, findPack, type Pack } from '../../main/lab/packs/store.ts'

/** The real engine pack, for tests: made once and kept in the cache. */

export const id = 'tensorflow-cpu'
export const installTime = 600_000

/** Kept from run to run: making it takes half a minute and a download of 270 MB. */
export const engines = fileURLToPath(new URL('../../.cache/engines', import.meta.url))

/** Why the engine cannot be made here; undefined where it can. */
export const missing: string | undefined = (() => {
  if (!isOffered(id) || !recipeFor(id).isFetched) return 'pip has no library for this platform'
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

/** Puts what the engine needs into this process' environment, to start it here. */
export async function enterPack(): Promise<void> {
  await ensurePack()
  const pack = await findPack(id)
  if (pack) Object.assign(process.env, environmentOf(pack))
}

/**
 * A copy of the real pack in another folder of engines, under its own id or another: linked, but for files whose
 * names match `own`, which a test may change.
 */
export async function linkPack(folder: string, as = id, own = /\.json$/): Promise<Pack> {
  const real = (await findPack(id)) as Pack
  const name = `${as}-${real.manifest.version}-00000000`
  const manifest = { ...real.manifest, id: as }
  for (const file of real.manifest.files) {
    const path = join(folder, name, file.name)
    mkdirSync(dirname(path), { recursive: true })
    const copy = own.test(basename(path)) ? copyFileSync : linkSync
    copy(join(real.folder, file.name), path)
  }
  writeFileSync(join(folder, name, 'pack.json'), JSON.stringify(manifest))
  const current = join(folder, 'current.json')
  const others = existsSync(current) ? JSON.parse(readFileSync(current, 'utf8')) : {}
  writeFileSync(current, JSON.stringify({ ...others, [as]: name }))
  return { folder: join(folder, name), manifest }
}
