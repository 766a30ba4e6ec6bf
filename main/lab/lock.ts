import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../shared/errors.ts'

/**
 * Keeps a second process out of a folder: an exclusive transaction that stays open on a small database there.
 * The operating system gives the lock back when the process ends, however it ends, so a lock whose process is
 * dead is none. Returns how to give it back; throws `workspace-in-use` with `message` and `hint` where another
 * one holds it.
 */
export function lockFolder(folder: string, message: string, hint: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!/locked/.test((error as Error).message)) throw error
    throw new LabError('workspace-in-use', message, hint, { folder })
  }
  return () => {
    if (database.isOpen) database.close()
  }
}
