import { createHash } from 'node:crypto'
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { Unzip, UnzipInflate } from 'fflate'
import { LabError } from '../../../shared/errors.ts'

/** A file that was taken out of a wheel. */
export interface Unpacked {
  /** Inside the wheel, with "/" between parts. */
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * Takes files out of a wheel, or of a plain zip, a piece at a time, each into the folder that `folderOf` names for
 * it, and checks each against the hash in the wheel's own RECORD. `onBytes` hears how much of the file was read.
 * Throws LabError `format-invalid` where it is no wheel, is cut short or damaged, or names a path outside the folder.
 */
export async function unpackWheel(
  wheel: string,
  folderOf: (name: string) => string | undefined,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<Unpacked[]> {
  const isWheel = wheel.endsWith('.whl')
  const damaged = (what: string) =>
    new LabError('format-invalid', `${wheel} ${what}.`, 'Fetch it again.', { file: wheel })
  const { size: total } = await stat(wheel).catch(() => {
    throw new LabError('file-missing', `${wheel} cannot be read.`, 'Name the wheel with --from FILE.', { file: wheel })
  })
  const unpacked: Unpacked[] = []
  let record = ''
  /** Entries whose end has not come yet, each with the file it is written to; RECORD has none. */
  const unfinished = new Map<string, number | undefined>()
  const open = (folder: string, name: string) => {
    const path = join(folder, ...name.split('/'))
    if (!path.startsWith(folder + sep)) throw damaged(`names the path ${JSON.stringify(name)}`)
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'wx')
  }
  const unzip = new Unzip((entry) => {
    const isRecord = /^[^/]+\.dist-info\/RECORD$/.test(entry.name)
    const folder = isRecord ? undefined : folderOf(entry.name)
    if (!isRecord && folder === undefined) return
    const file = folder === undefined ? undefined : open(folder, entry.name)
    const hash = createHash('sha256')
    let bytes = 0
    unfinished.set(entry.name, file)
    entry.ondata = (error, chunk, final) => {
      if (error) throw damaged(`is damaged at ${entry.name}`)
      bytes += chunk.length
      if (file === undefined) record += Buffer.from(chunk).toString('utf8')
      else {
        hash.update(chunk)
        for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at)
      }
      if (!final) return
      unfinished.delete(entry.name)
      if (file === undefined) return
      closeSync(file)
      unpacked.push({ name: entry.name, bytes, sha256: hash.digest('hex') })
    }
    entry.start()
  })
  unzip.register(UnzipInflate)
  let done = 0
  try {
    for await (const chunk of createReadStream(wheel, { highWaterMark: 1 << 20, signal })) {
      done += (chunk as Buffer).length
      unzip.push(chunk as Buffer, done === total)
      onBytes(done)
    }
  } catch (error) {
    signal.throwIfAborted()
    // fflate's errors have codes as well, numbers; the system's are words.
    if (error instanceof LabError || typeof (error as NodeJS.ErrnoException).code === 'string') throw withRoom(error)
    throw damaged('is no wheel, or is damaged')
  } finally {
    for (const file of unfinished.values()) if (file !== undefined) closeSync(file)
  }
  if (unfinished.size > 0 || (isWheel && record === '')) throw damaged('is cut short, or is no wheel')
  const wrong = isWheel && unpacked.find(({ name, sha256 }) => hashIn(record, name) !== sha256)
  if (wrong) throw damaged(`is damaged: ${wrong.name} is not what its RECORD says`)
  return unpacked
}

/** In RECORD, lines are `path,sha256=URL-safe base64 without padding,bytes` (PEP 376, PEP 427). */
function hashIn(record: string, name: string): string | undefined {
  const line = record.split('\n').find((candidate) => candidate.startsWith(`${name},sha256=`))
  const hash = line?.split(',')[1]?.slice('sha256='.length)
  return hash && Buffer.from(hash, 'base64url').toString('hex')
}

/** Says of a full disk what it is. */
export function withRoom(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC') return error
  const hint = 'Make room, or put engines elsewhere with UNROLL_ENGINES.'
  return new LabError('workspace-invalid', `The disk is full${path ? ` at ${path}` : ''}.`, hint)
}
