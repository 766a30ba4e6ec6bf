import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../shared/errors.ts'

/** The built page: out/renderer of the project, or beside the bundle. Throws `not-found` when it was not built. */
export async function pageFolder(): Promise<string> {
  const up = import.meta.url.endsWith('.ts') ? '../../out/renderer' : '../renderer'
  const folder = fileURLToPath(new URL(up, import.meta.url))
  try {
    await access(join(folder, 'index.html'))
    return folder
  } catch {
    throw new LabError('not-found', 'The page has not been built.', 'Run npm start once; it builds what is missing.')
  }
}
