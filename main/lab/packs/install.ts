import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { lockFolder } from '../lock.ts'
import { compileBinding } from './binding.ts'
import { downloadWheel } from './pip.ts'
import type { OnProgress } from './progress.ts'
import { type Recipe, recipeFor } from './recipes.ts'
import {
  enginesFolder,
  findPack,
  hashOf,
  type Manifest,
  makeCurrent,
  type Pack,
  packFormat,
  platformName,
  removeLeftovers,
  writeManifest,
} from './store.ts'
import { unpackWheel, withRoom } from './wheel.ts'

/** Runs the engine of a pack and compares it with PyTorch. Throws LabError where it does not start. */
export type SelfTest = (pack: Pack) => Promise<{ readonly error: number; readonly limit: number }>

export interface InstallOptions {
  /** A wheel that is already here; else pip fetches it. */
  readonly from?: string
  readonly selfTest: SelfTest
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/**
 * Makes an engine pack and, when it has passed its self-test, the current one: whatever happens before leaves the
 * pack that was there as it was, and nothing half-made. Throws LabError; `AbortError` when the signal is aborted.
 */
export async function installPack(id: string, options: InstallOptions): Promise<Pack> {
  const recipe = recipeFor(id)
  const { onProgress = () => {}, signal = new AbortController().signal } = options
  const unlock = await claimFolder(recipe)
  const name = `${id}-${recipe.version}-${randomBytes(4).toString('hex')}`
  const staging = join(enginesFolder(), `.staging-${name}`)
  try {
    await removeLeftovers()
    const folder = join(staging, 'pack')
    await mkdir(folder, { recursive: true })
    const wheel = options.from ?? (await downloadWheel(recipe, join(staging, 'wheel'), onProgress, signal))
    const files = await unpackLibraries(recipe, wheel, staging, onProgress, signal)
    onProgress({ stage: 'compile' })
    const names = recipe.libraries.map((library) => basename(library))
    const headers = join(staging, 'wheel-files', 'tensorflow', 'include')
    const made = await compileBinding(folder, names, headers, staging, signal)
    const bindings = await Promise.all(made.map((file) => describeFile(folder, file)))
    onProgress({ stage: 'test' })
    const manifest: Omit<Manifest, 'selfTest'> = {
      format: packFormat,
      id,
      version: recipe.version,
      platform: platformName,
      made: new Date().toISOString(),
      files: [...files, ...bindings],
    }
    const untested = { ...manifest, selfTest: { error: Number.NaN, limit: 0, at: '' } }
    const selfTest = await tested({ folder, manifest: untested }, options.selfTest)
    signal.throwIfAborted()
    const pack = { folder: join(enginesFolder(), name), manifest: { ...manifest, selfTest } }
    await writeManifest(folder, pack.manifest)
    await rename(folder, pack.folder)
    await makeCurrent(id, name)
    return pack
  } catch (error) {
    throw withRoom(error)
  } finally {
    await rm(staging, { recursive: true, force: true })
    unlock()
  }
}

/** Checks an installed pack: its files by their hashes, and the engine by its self-test, which is recorded. */
export async function verifyPack(pack: Pack, changed: readonly string[], selfTest: SelfTest): Promise<Pack> {
  const { id } = pack.manifest
  if (changed.length > 0) {
    const message = `The pack of ${id} is damaged: ${changed.join(', ')} changed since it was made.`
    throw new LabError('engine-unavailable', message, `Run: unroll engine install ${id}`, { engine: id })
  }
  const manifest = { ...pack.manifest, selfTest: await tested(pack, selfTest) }
  await writeManifest(pack.folder, manifest)
  return { ...pack, manifest }
}

/** Removes an engine's pack, all of it. Throws LabError `not-found` where none is installed. */
export async function removePack(id: string): Promise<void> {
  const recipe = recipeFor(id)
  const isThere = await findPack(id).then(
    (pack) => pack !== undefined,
    () => true, // a damaged one can be removed as well
  )
  if (!isThere) throw new LabError('not-found', `${id} is not installed.`, 'unroll engine list shows what is.')
  const unlock = await claimFolder(recipe)
  try {
    await makeCurrent(id, undefined)
    await removeLeftovers()
  } finally {
    unlock()
  }
}

async function describeFile(folder: string, name: string): Promise<Manifest['files'][number]> {
  const path = join(folder, name)
  return { name, bytes: (await stat(path)).size, sha256: await hashOf(path) }
}

async function tested(pack: Pack, selfTest: SelfTest): Promise<Manifest['selfTest']> {
  const { error, limit } = await selfTest(pack)
  if (!(error <= limit)) {
    const message = `${pack.manifest.id} computes wrong on this machine: off by ${error.toPrecision(2)}, allowed ${limit}.`
    throw new LabError('engine-unavailable', message, 'It is not used. The engine wasm is built in.')
  }
  return { error, limit, at: new Date().toISOString() }
}

/** The folder of engines, to this process alone, with enough room. */
async function claimFolder({ id, room }: Recipe): Promise<() => void> {
  const folder = enginesFolder()
  const hint = 'Choose another folder with UNROLL_ENGINES.'
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new LabError('workspace-invalid', `${folder} cannot be made: ${error.message}`, hint, { folder })
  })
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < room) {
    const [needed, free] = [room, bavail * bsize].map((bytes) => (bytes / 1e9).toFixed(1))
    throw new LabError('workspace-invalid', `${folder} has ${free} GB left; installing ${id} takes ${needed} GB.`, hint)
  }
  try {
    return lockFolder(folder, `Another installation is under way in ${folder}.`, 'Wait until it is done, or end it.')
  } catch (error) {
    if (error instanceof LabError) throw error
    throw new LabError('workspace-invalid', `${folder} cannot be written: ${(error as Error).message}`, hint, {
      folder,
    })
  }
}

/** Libraries into the pack, side by side; headers where the compiler finds them. */
async function unpackLibraries(
  { libraries, headers, package: name }: Recipe,
  wheel: string,
  staging: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Manifest['files']> {
  const wanted = (entry: string) =>
    libraries.includes(entry) || (entry.endsWith('.h') && headers.some((folder) => entry.startsWith(folder)))
  const files = join(staging, 'wheel-files')
  const unpacked = await unpackWheel(wheel, files, wanted, onProgress, signal)
  const missing = libraries.find((library) => !unpacked.some((file) => file.name === library))
  if (missing) {
    const message = `${wheel} is not ${name}: it has no ${missing}.`
    throw new LabError('format-invalid', message, `Name a wheel of ${name}.`, { file: wheel })
  }
  return Promise.all(
    libraries.map(async (library) => {
      await rename(join(files, library), join(staging, 'pack', basename(library)))
      const { bytes, sha256 } = unpacked.find((file) => file.name === library) as { bytes: number; sha256: string }
      return { name: basename(library), bytes, sha256 }
    }),
  )
}
