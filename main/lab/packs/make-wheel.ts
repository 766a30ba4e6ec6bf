import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { strToU8, zipSync } from 'fflate'

/** Writes a wheel of these files, for tests: stored as they are, with a RECORD of their hashes but for what `record` says. */
export function makeWheel(
  path: string,
  files: Readonly<Record<string, Uint8Array>>,
  record: Readonly<Record<string, string>> = {},
  info = 'thing-1.0.dist-info',
): string {
  const lines = Object.entries(files).map(([name, bytes]) => {
    const hash = record[name] ?? createHash('sha256').update(bytes).digest('base64url')
    return `${name},sha256=${hash},${bytes.length}\n`
  })
  writeFileSync(path, zipSync({ ...files, [`${info}/RECORD`]: strToU8(lines.join('')) }, { level: 0 }))
  return path
}
