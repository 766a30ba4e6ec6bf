import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { cudaId, requireCuda } from '../../engine/backends/cuda/cuda.ts'
import { isRight, wrongNumbers } from '../self-tests.ts'
import { givenArchives } from './archives.ts'
import { makeBinding } from './binding.ts'
import { claimFolder } from './claim.ts'
import { downloadArchives } from './pip.ts'
import type { OnProgress } from './progress.ts'
import { isOffered, packIds, type Recipe, recipeFor } from './recipes.ts'
import {
  downloadsFolder,
  enginesFolder,
  hashOf,
  type Manifest,
  makeCurrent,
  type Pack,
  packFormat,
  platformName,
  readPack,
  removeLeftovers,
  writeManifest,
} from './store.ts'
import { unpackArchives } from './unpack.ts'
import { withRoom } from './wheel.ts'

/** Runs the engine of a pack and compares it with PyTorch. Throws LabError where it does not start. */
export type SelfTest = (pack: Pack) => Promise<{ readonly error: number; readonly limit: number }>

export interface InstallOptions {
  /** The recipe's files, which are already here; else pip fetches them. */
  readonly from?: readonly string[]
  readonly selfTest: SelfTest
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/**
 * Makes an engine pack and, when it has passed its self-test, the current one: whatever happens before leaves the
 * pack that was there as it was, and nothing half-made. What was fetched is kept until then, so that the next try
 * goes on with it. Throws LabError; `AbortError` when the signal is aborted.
 */
export async function installPack(id: string, options: InstallOptions): Promise<Pack> {
  const recipe = recipeFor(id)
  // Before gigabytes are fetched for nothing.
  if (id === cudaId) await requireCuda()
  return installRecipe(recipe, options)
}

/** As `installPack`, by any recipe. */
export async function installRecipe(recipe: Recipe, options: InstallOptions): Promise<Pack> {
  const { id, version } = recipe
  const { from, onProgress = () => {}, signal = new AbortController().signal } = options
  const paths = from && (await givenArchives(recipe, from))
  const unlock = await claimFolder(recipe)
  const name = `${id}-${version}-${randomBytes(4).toString('hex')}`
  const staging = join(enginesFolder(), `.staging-${name}`)
  try {
    await removeLeftovers()
    const [folder, headers] = [join(staging, 'pack'), join(staging, 'headers')]
    await mkdir(folder, { recursive: true })
    const archives = paths ?? (await downloadArchives(recipe, downloadsFolder(), onProgress, signal))
    const files = await unpackArchives(recipe, archives, { pack: folder, headers }, onProgress, signal)
    onProgress({ stage: 'compile' })
    const made = await makeBinding(recipe, folder, headers, staging, signal)
    const bindings = await Promise.all(made.map((file) => describeFile(folder, file)))
    onProgress({ stage: 'test' })
    const manifest: Omit<Manifest, 'selfTest'> = {
      format: packFormat,
      id,
      version,
      platform: platformName,
      made: new Date().toISOString(),
      files: [...files, ...bindings],
    }
    const untested = { ...manifest, selfTest: { error: Number.NaN, limit: 0, at: '' } }
    const selfTest = await runSelfTest({ folder, manifest: untested }, options.selfTest)
    signal.throwIfAborted()
    const pack = { folder: join(enginesFolder(), name), manifest: { ...manifest, selfTest } }
    await writeManifest(folder, pack.manifest)
    await rename(folder, pack.folder)
    await makeCurrent(id, name)
    await removeDownloads(recipe)
    return pack
  } catch (error) {
    throw withRoom(error)
  } finally {
    try {
      await rm(staging, { recursive: true, force: true })
    } finally {
      unlock()
    }
  }
}

/**
 * Checks an installed pack: its files by their hashes (`changed`: those that are others), and the engine by its
 * self-test. What it finds is recorded with the pack, which is not used until it passes. Anything else that keeps a
 * check from its end (no device, no memory, somebody who cancels) is not the pack's fault: that is not recorded.
 */
export async function verifyPack(pack: Pack, changed: readonly string[], selfTest: SelfTest): Promise<Pack> {
  const { failure: _before, ...manifest } = pack.manifest
  // In a folder that cannot be written an engine can be used, and checked.
  const record = (found: Manifest) => writeManifest(pack.folder, found).catch(() => {})
  try {
    if (changed.length > 0) {
      const message = `The pack of ${manifest.id} is damaged: ${changed.join(', ')} changed since it was made.`
      const details = { engine: manifest.id, changed: changed.length }
      throw new LabError('engine-unavailable', message, `Run: unroll engine install ${manifest.id}`, details)
    }
    const verified = { ...manifest, selfTest: await runSelfTest(pack, selfTest) }
    await record(verified)
    return { ...pack, manifest: verified }
  } catch (error) {
    if (isPacks(error)) await record({ ...manifest, failure: error.message })
    throw error
  }
}

/** Changed files, wrong numbers, or an engine that its own libraries ended. */
const isPacks = (error: unknown): error is LabError =>
  error instanceof LabError &&
  (error.code === 'engine-died' || error.details?.changed !== undefined || error.details?.off !== undefined)

/** Removes an engine's pack, all of it, and what was fetched for it. Throws LabError `not-found` where there is neither. */
export async function removePack(id: string): Promise<void> {
  const recipe = recipeFor(id)
  const isInstalled = await readPack(id).then(
    (pack) => pack !== undefined,
    () => true, // a damaged one can be removed as well
  )
  const fetched = await Promise.all(
    recipe.archives.map(({ file }) => stat(join(downloadsFolder(), file)).catch(() => undefined)),
  )
  if (!isInstalled && fetched.every((found) => found === undefined)) {
    throw new LabError('not-found', `${id} is not installed.`, 'unroll engine list shows what is.')
  }
  const unlock = await claimFolder()
  try {
    await makeCurrent(id, undefined)
    await removeDownloads(recipe)
    await removeLeftovers()
  } finally {
    unlock()
  }
}

async function describeFile(folder: string, name: string): Promise<Manifest['files'][number]> {
  const path = join(folder, name)
  return { name, bytes: (await stat(path)).size, sha256: await hashOf(path) }
}

/** Another engine's archives may be waiting as well; those of an earlier version are nobody's. */
async function removeDownloads(recipe: Recipe): Promise<void> {
  const others = packIds.filter((id) => id !== recipe.id && isOffered(id)).map((id) => recipeFor(id))
  const kept = new Set(others.flatMap(({ archives }) => archives.map(({ file }) => file)))
  for (const { file } of recipe.archives) kept.delete(file)
  for (const name of await readdir(downloadsFolder()).catch(() => [])) {
    if (!kept.has(name)) await rm(join(downloadsFolder(), name), { recursive: true, force: true })
  }
}

/** Throws LabError `engine-unavailable` where the pack computes wrong. */
async function runSelfTest(pack: Pack, selfTest: SelfTest): Promise<Manifest['selfTest']> {
  const { error, limit } = await selfTest(pack)
  if (!isRight({ error, limit })) throw wrongNumbers(pack.manifest.id, { error, limit })
  return { error, limit, at: new Date().toISOString() }
}
