import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import type { Archive, Recipe } from './recipes.ts'
import { hashOf } from './store.ts'
import { parseWheelName } from './wheel-name.ts'

/**
 * The files that a person brings, in the recipe's order. A wheel for another Python has the same libraries.
 * Throws LabError `file-missing` or `format-invalid` where one is not there, is none of the recipe's, or is wanting.
 */
export async function givenArchives({ id, archives }: Recipe, from: readonly string[]): Promise<string[]> {
  for (const file of from) {
    if (!(await stat(file).catch(() => undefined))?.isFile()) {
      throw new LabError('file-missing', `${file} cannot be read.`, 'Name the files with --from FILE...', { file })
    }
    if (archives.some((archive) => fits(archive, file))) continue
    const hint = `It is made of: ${archives.map((archive) => archive.file).join(', ')}.`
    throw new LabError('format-invalid', `${file} is no part of ${id} for this machine, by its name.`, hint, { file })
  }
  const given: string[] = []
  for (const archive of archives) {
    const file = from.find((candidate) => fits(archive, candidate))
    if (file === undefined) {
      const hint = 'Name all of its files: --from FILE FILE..., or leave --from out and pip fetches them.'
      throw new LabError('format-invalid', `${id} also needs ${archive.file}.`, hint, { file: archive.file })
    }
    if (!(await isAsListed(archive, file))) {
      const message = `${file} is damaged: its hash is not the one that the Python index lists.`
      throw new LabError('format-invalid', message, 'Fetch it again.', { file })
    }
    given.push(file)
  }
  return given
}

function fits(archive: Archive, path: string): boolean {
  const [wanted, found] = [parseWheelName(archive.file), parseWheelName(basename(path))]
  if (!wanted || !found) return basename(path) === archive.file
  const isFor = found.platforms.some((platform) => wanted.platforms.includes(platform))
  return found.name === wanted.name && found.version === wanted.version && isFor
}

/** Whether a file is what the Python index lists under its name; nothing is said of a file of another name. */
export async function isAsListed({ file, sha256 }: Archive, path: string): Promise<boolean> {
  return sha256 === undefined || basename(path) !== file || (await hashOf(path)) === sha256
}
