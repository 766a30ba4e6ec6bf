import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import type { OnProgress } from './progress.ts'
import type { Archive, Recipe } from './recipes.ts'
import type { Manifest } from './store.ts'
import { unpackWheel } from './wheel.ts'

/** Licences of what is redistributed stay beside it: of the package, and of what it contains. */
const licences =
  /^([^/]+\.dist-info\/(licenses\/)?|tensorflow\/|tensorflow\/include\/)?[^/]*(licen[cs]es?|notices?)[^/]*$/i

export interface Folders {
  readonly pack: string
  readonly headers: string
}

/**
 * Libraries and licences into the pack, headers where the compiler finds them, each under its name in the archive.
 * Returns what the pack has of them. Throws LabError `format-invalid` where an archive is damaged or another one.
 */
export async function unpackArchives(
  { archives, headers }: Recipe,
  paths: readonly string[],
  folders: Folders,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Manifest['files']> {
  const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size)))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const found: Manifest['files'] = []
  let before = 0
  for (const [index, archive] of archives.entries()) {
    const path = paths[index] as string
    const report = (done: number) => onProgress({ stage: 'unpack', done: before + done, total })
    found.push(...(await unpackOne(archive, path, headers, folders, report, signal)))
    before += sizes[index] as number
  }
  return found
}

async function unpackOne(
  { libraries }: Archive,
  path: string,
  headers: readonly string[],
  folders: Folders,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<Manifest['files']> {
  const isHeader = (name: string) => name.endsWith('.h') && headers.some((beginning) => name.startsWith(beginning))
  const isKept = (name: string) => libraries.includes(name) || licences.test(name)
  const folderOf = (name: string) => (isKept(name) ? folders.pack : isHeader(name) ? folders.headers : undefined)
  const unpacked = await unpackWheel(path, folderOf, onBytes, signal)
  const missing = libraries.find((library) => !unpacked.some(({ name }) => name === library))
  if (missing) {
    const message = `${path} has no ${missing}.`
    throw new LabError('format-invalid', message, `Name the file that the Python index has under ${basename(path)}.`, {
      file: path,
    })
  }
  return unpacked.filter(({ name }) => isKept(name))
}
