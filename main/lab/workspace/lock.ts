import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'

/**
 * Keeps a second lab out of a workspace: an exclusive transaction that stays open on a small database.
 * The operating system gives the lock back when the process ends, however it ends.
 */
export function lockWorkspace(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!/locked/.test((error as Error).message)) throw error
    const message = `The workspace ${folder} is open in another Unroll.`
    throw new LabError('workspace-in-use', message, 'Close the other one, or choose a folder with --workspace.', {
      folder,
    })
  }
  return () => database.close()
}
