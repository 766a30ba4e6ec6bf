import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LabError } from '../../shared/errors.ts'

/** Waits until what was written to a file or folder is on the disk. Windows cannot sync a folder. */
async function sync(path: string): Promise<void> {
  if (process.platform === 'win32' && (await stat(path)).isDirectory()) return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a file so that, whenever the machine stops, `path` holds the old content or all of the new. */
export async function writeFileSafely(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeSynced(temporary, bytes)
    await rename(temporary, path)
    await sync(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Files by their path inside a folder, with "/" between parts. */
export type FileSet = Readonly<Record<string, Uint8Array>>

export interface StagedFolder {
  add(files: FileSet): Promise<void>
  commit(): Promise<void>
  /** Without effect after `commit`. */
  discard(): Promise<void>
}

/**
 * A folder that appears complete or not at all: it is built beside `path` under another name and
 * renamed by `commit`; `discard` leaves no trace. `path` must not exist or be an empty folder.
 */
export async function stageFolder(path: string): Promise<StagedFolder> {
  const parent = dirname(path)
  await mkdir(parent, { recursive: true })
  // Not a mkdtemp, which nobody else may read: what becomes of it is a person's own result.
  const staging = join(parent, `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  await mkdir(staging)
  const folders = new Set([staging])
  return {
    async add(files) {
      for (const [name, bytes] of Object.entries(files)) {
        const target = join(staging, ...name.split('/'))
        await mkdir(dirname(target), { recursive: true })
        folders.add(dirname(target))
        await writeSynced(target, bytes)
      }
    },
    async commit() {
      for (const folder of folders) await sync(folder)
      await rmdir(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
      await rename(staging, path)
      await sync(parent)
    },
    discard: () => rm(staging, { recursive: true, force: true }),
  }
}

/** Reads a file; throws `file-missing` (also for a folder) or `file-too-large`. */
export async function readInput(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const details = { file: path }
  try {
    const info = await stat(path)
    if (info.isDirectory()) {
      throw new LabError('file-missing', `${path} is a folder, not a file.`, 'Name the file itself.', details)
    }
    if (info.size > maxBytes) {
      const message = `${path} has ${info.size} bytes; at most ${maxBytes} can be read.`
      throw new LabError('file-too-large', message, 'Use a smaller file.', details)
    }
    return await readFile(path)
  } catch (error) {
    if (error instanceof LabError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new LabError('file-missing', `${path} does not exist.`, 'Check the path.', details)
    }
    throw new LabError('file-missing', `${path} cannot be read: ${message}.`, 'Check its permissions.', details)
  }
}
