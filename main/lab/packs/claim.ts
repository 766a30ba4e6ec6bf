import { mkdir, statfs } from 'node:fs/promises'
import { LabError } from '../../../shared/errors.ts'
import { lockFolder } from '../lock.ts'
import type { Recipe } from './recipes.ts'
import { enginesFolder } from './store.ts'

/**
 * The folder of engines, to this process alone and, for a recipe, with enough room for it. Returns how to give it
 * back. Throws LabError `workspace-invalid` where it cannot be written or is too small, `workspace-in-use` where
 * another process has it.
 */
export async function claimFolder(recipe?: Recipe): Promise<() => void> {
  const folder = enginesFolder()
  const hint = 'Choose another folder with UNROLL_ENGINES.'
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new LabError('workspace-invalid', `${folder} cannot be made: ${error.message}`, hint, { folder })
  })
  if (recipe) await checkRoom(folder, recipe)
  try {
    return lockFolder(folder, `Another installation is under way in ${folder}.`, 'Wait until it is done, or end it.')
  } catch (error) {
    if (error instanceof LabError) throw error
    throw new LabError('workspace-invalid', `${folder} cannot be written: ${(error as Error).message}`, hint, {
      folder,
    })
  }
}

async function checkRoom(folder: string, { id, room }: Recipe): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= room) return
  const [needed, free] = [room, bavail * bsize].map((bytes) => (bytes / 1e9).toFixed(1))
  const message = `${folder} has ${free} GB left; installing ${id} takes ${needed} GB.`
  throw new LabError('workspace-invalid', message, 'Make room, or choose another folder with UNROLL_ENGINES.')
}
