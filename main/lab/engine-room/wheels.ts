import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'

/** What files of wheels end in. */
export const wheelEndings = ['whl', 'zip'] as const

/**
 * Paths of wheels as a person types or pastes them: quotes around one and "~" for the home folder are taken for
 * what they mean. Throws LabError `format-invalid` or `file-missing` with the file that is no wheel or is not there.
 */
export async function wheelPaths(typed: readonly string[]): Promise<string[]> {
  return Promise.all(typed.map(wheelPath))
}

async function wheelPath(typed: string): Promise<string> {
  const plain = typed.trim().replace(/^(["'])(.*)\1$/, '$2')
  const path = /^~[/\\]/.test(plain) ? join(homedir(), plain.slice(2)) : plain
  const refuse = (code: 'format-invalid' | 'file-missing', what: string, hint: string) => {
    throw new LabError(code, `${path} ${what}.`, hint, { file: path })
  }
  if (!wheelEndings.some((ending) => path.toLowerCase().endsWith(`.${ending}`)))
    refuse('format-invalid', 'is no wheel', 'Name a file that ends in .whl.')
  if (!isAbsolute(path)) refuse('file-missing', 'is not a whole path', 'Begin with / or a drive: /home/me/a.whl.')
  const found = await stat(path).catch(() => undefined)
  if (!found) refuse('file-missing', 'does not exist', 'Check the path.')
  if (!found?.isFile()) refuse('file-missing', 'is not a file', 'Name the wheel itself.')
  return path
}
