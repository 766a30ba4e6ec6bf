import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { writeFileSafely } from '../files.ts'
import { bindingFile, layersFile } from './binding.ts'

/** Where engine packs are: user data, or where UNROLL_ENGINES says. */
export function enginesFolder(): string {
  return resolve(process.env.UNROLL_ENGINES || join(envPaths('unroll', { suffix: '' }).data, 'engines'))
}

/** `name` is inside the pack, with "/" between parts. */
const PackFile = v.object({ name: v.string(), bytes: v.number(), sha256: v.string() })

/** Of packs that have everything that this version of the lab asks for. */
export const packFormat = 'unroll-pack/2'

/** pack.json of an engine pack: what it is made of, and that it computes right. */
const Manifest = v.object({
  format: v.pipe(v.string(), v.startsWith('unroll-pack/')),
  id: v.string(),
  /** Of TensorFlow. */
  version: v.string(),
  /** Of the machine it was made for: `linux x64`. */
  platform: v.string(),
  made: v.string(),
  files: v.array(PackFile),
  /** The last self-test that passed: its largest relative error against PyTorch. */
  selfTest: v.object({ error: v.number(), limit: v.number(), at: v.string() }),
  /** What a later check found wrong; such a pack is not used. */
  failure: v.optional(v.string()),
})
export type Manifest = v.InferOutput<typeof Manifest>

export interface Pack {
  readonly folder: string
  readonly manifest: Manifest
}

export const platformName = `${process.platform} ${process.arch}`

/** The name that an installation gives to a pack's folder. Beside it, a person may keep what they like. */
const packFolder = /^tensorflow-(cpu|cuda)-[\d.]+-[0-9a-f]{8}$/
const leftover = new RegExp(packFolder.source.replace('^', '^(\\.staging-)?'))

/** Which folder is the current pack of which engine: a file that is replaced as a whole. */
const Current = v.record(v.string(), v.pipe(v.string(), v.regex(packFolder)))
const currentFile = () => join(enginesFolder(), 'current.json')

async function readCurrent(): Promise<Record<string, string>> {
  try {
    return v.parse(Current, JSON.parse(await readFile(currentFile(), 'utf8')))
  } catch (error) {
    const isNone = (error as NodeJS.ErrnoException).code === 'ENOENT'
    // Of what is no longer a list, nothing is known: then it is installed anew.
    if (isNone || error instanceof SyntaxError || error instanceof v.ValiError) return {}
    // A list that cannot be read just now is not an empty one: its packs would be taken for leftovers.
    const message = `${currentFile()} cannot be read: ${(error as Error).message}`
    throw new LabError('workspace-invalid', message, 'Check its permissions, or choose a folder with UNROLL_ENGINES.')
  }
}

/** Makes `folder`, a name inside the engines' folder, the current pack of an engine, or none. Removes the one before. */
export async function makeCurrent(id: string, folder: string | undefined): Promise<void> {
  const { [id]: before, ...others } = await readCurrent()
  const now = folder === undefined ? others : { ...others, [id]: folder }
  await mkdir(enginesFolder(), { recursive: true })
  await writeFileSafely(currentFile(), new TextEncoder().encode(`${JSON.stringify(now, null, 2)}\n`))
  if (before !== undefined && before !== folder)
    await rm(join(enginesFolder(), before), { recursive: true, force: true })
}

const broken = (id: string, what: string) =>
  new LabError('engine-unavailable', `The pack of ${id} ${what}.`, `Run: unroll engine install ${id}`, { engine: id })

/**
 * The current pack of an engine, to be used; undefined where none is installed. Throws LabError `engine-unavailable`
 * where it is damaged, was made for another machine, or failed its last check.
 */
export async function findPack(id: string): Promise<Pack | undefined> {
  const pack = await readPack(id)
  if (pack?.manifest.failure) throw broken(id, `failed its last check: ${pack.manifest.failure}`)
  return pack
}

/** As `findPack`, to be checked: what it failed before is no obstacle. */
export async function readPack(id: string): Promise<Pack | undefined> {
  const name = (await readCurrent())[id]
  if (name === undefined) return undefined
  const folder = join(enginesFolder(), name)
  const manifest = await readManifest(folder).catch(() => {
    throw broken(id, 'is damaged: its pack.json cannot be read')
  })
  if (manifest.format !== packFormat) throw broken(id, 'was made by another version of Unroll')
  if (manifest.platform !== platformName) throw broken(id, `was made for ${manifest.platform}, this is ${platformName}`)
  for (const { name: file, bytes } of manifest.files) {
    const found = await stat(join(folder, file)).catch(() => undefined)
    if (!found) throw broken(id, `lacks ${file}`)
    if (found.size !== bytes) throw broken(id, `is damaged: ${file} has ${found.size} bytes, not ${bytes}`)
  }
  return { folder, manifest }
}

export async function readManifest(folder: string): Promise<Manifest> {
  return v.parse(Manifest, JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')))
}

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeFileSafely(join(folder, 'pack.json'), new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
}

/** Bytes of a pack on the disk. */
export const sizeOf = ({ files }: Manifest): number => files.reduce((sum, { bytes }) => sum + bytes, 0)

/** Files of a pack that are no longer what they were when it was made. Throws where one cannot be read just now. */
export async function changedFiles({ folder, manifest }: Pack): Promise<string[]> {
  const changed: string[] = []
  for (const { name, sha256 } of manifest.files) {
    const hash = await hashOf(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'EIO') throw error
    })
    if (hash !== sha256) changed.push(name)
  }
  return changed
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * What the engine process needs in its environment to load a pack. Libraries of CUDA lie as in their wheels, where
 * TensorFlow's own run path leads to them; that path is asked after the machine's LD_LIBRARY_PATH, so the pack's
 * folders come first in that one: an older CUDA of the machine would be taken otherwise.
 */
export function environmentOf({ folder, manifest }: Pack): Record<string, string> {
  const cuda = new Set(manifest.files.map(({ name }) => dirname(name)).filter((name) => name.startsWith('nvidia/')))
  const hasLayers = manifest.files.some(({ name }) => name === layersFile)
  return {
    UNROLL_TENSORFLOW_BINDING: join(folder, bindingFile),
    ...(hasLayers && { UNROLL_TENSORFLOW_LAYERS: join(folder, layersFile) }),
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    // Bits then do not depend on which of two libraries computed a product; nor is the other one faster here.
    TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? '0',
    // The threads are the layer's (main/engine/tensorflow/layers), each with examples of its own. Without it, or beside
    // a GPU, which does not use it, they are TensorFlow's.
    ...(hasLayers && cuda.size === 0 && { TF_NUM_INTRAOP_THREADS: process.env.TF_NUM_INTRAOP_THREADS ?? '1' }),
    ...(cuda.size > 0 && cudaEnvironment([...cuda].map((name) => join(folder, name)))),
  }
}

function cudaEnvironment(folders: readonly string[]): Record<string, string> {
  const { LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES, TF_FORCE_GPU_ALLOW_GROWTH } = process.env
  return {
    LD_LIBRARY_PATH: [...folders, ...(LD_LIBRARY_PATH ? [LD_LIBRARY_PATH] : [])].join(delimiter),
    // As nvidia-smi counts them. One is enough, and the others stay free.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: CUDA_VISIBLE_DEVICES ?? '0',
    // TensorFlow would take all of the device's memory, and several engines share it.
    TF_FORCE_GPU_ALLOW_GROWTH: TF_FORCE_GPU_ALLOW_GROWTH ?? 'true',
  }
}

/** Where fetched archives wait until the pack that they are for is made. */
export const downloadsFolder = () => join(enginesFolder(), '.downloads')

/** What interrupted installations left behind. To be called by whoever holds the folder's lock. */
export async function removeLeftovers(): Promise<void> {
  const kept = new Set(Object.values(await readCurrent()))
  for (const { name } of await readdir(enginesFolder(), { withFileTypes: true })) {
    if (leftover.test(name) && !kept.has(name)) {
      await rm(join(enginesFolder(), name), { recursive: true, force: true })
    }
  }
}
