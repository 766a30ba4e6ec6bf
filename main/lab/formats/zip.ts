import { unzipSync, type Zippable, zipSync } from 'fflate'
import { LabError } from '../../../shared/errors.ts'
import type { FileSet } from '../files.ts'

/** No archive that is read here may unpack to more. */
const maxUnpackedBytes = 1024 * 1024 * 1024

/** A zip of the files, in their order. Equal files give equal bytes: its clock stands at 1980. */
export function writeZip(files: FileSet, level: 0 | 6 = 6): Uint8Array {
  const entries: Zippable = { ...files }
  return zipSync(entries, { level, mtime: new Date(1980, 0, 1) })
}

/** The files of a zip; throws `format-invalid` naming `where`, also for one that would unpack too far. */
export function readZip(bytes: Uint8Array, where: string, maxBytes = maxUnpackedBytes): Record<string, Uint8Array> {
  let unpacked = 0
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        unpacked += originalSize
        if (unpacked > maxBytes) throw new RangeError(`it unpacks to more than ${maxBytes} bytes`)
        return true
      },
    })
  } catch (error) {
    const message = `${where} is not a readable zip archive: ${(error as Error).message}.`
    throw new LabError('format-invalid', message, 'Save or copy the file again.', { file: where })
  }
}
