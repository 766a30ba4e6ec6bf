import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** File systems that are mounted for a test: small, or such that nothing can be written. */

/** Mounts `source` on a folder, until it is disposed of. That fails while a file on it is open. */
export function mounted(folder: string, ...source: readonly string[]): Disposable {
  execFileSync('mount', [...source, folder], { stdio: 'ignore' })
  return { [Symbol.dispose]: () => void execFileSync('umount', [folder]) }
}

/** Whether this machine lets us. */
export const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-mount-'))
  try {
    mounted(folder, '-t', 'tmpfs', '-o', 'size=1m', 'none')[Symbol.dispose]()
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})()
