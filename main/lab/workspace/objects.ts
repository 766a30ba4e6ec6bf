import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { writeFileSafely } from '../files.ts'

/** Files named by the SHA-256 of their content: equal content is kept once, and damage is noticed. */
export class Objects {
  readonly #folder: string
  /** Written, but perhaps not yet in the database: not to be collected. How often each is waited for. */
  readonly #fresh = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Stores content and returns its hash; on the disk when it resolves. `settle` ends its protection. */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex')
    this.#fresh.set(hash, (this.#fresh.get(hash) ?? 0) + 1)
    try {
      await mkdir(join(this.#folder, hash.slice(0, 2)), { recursive: true })
      await writeFileSafely(this.#path(hash), bytes)
    } catch (error) {
      this.settle(hash)
      throw error
    }
    return hash
  }

  /** The database knows the hash now, or never will. */
  settle(hash: string): void {
    const others = (this.#fresh.get(hash) ?? 1) - 1
    if (others > 0) this.#fresh.set(hash, others)
    else this.#fresh.delete(hash)
  }

  /** Throws `workspace-invalid` where the content is gone or is not what its name says. */
  async get(hash: string): Promise<Uint8Array> {
    const path = this.#path(hash)
    const fail = (what: string) => {
      const hint = 'Restore the workspace from a backup, or delete what this file belongs to.'
      return new LabError('workspace-invalid', `${path} ${what}.`, hint, { file: path })
    }
    const bytes = await readFile(path).catch(() => {
      throw fail('cannot be read')
    })
    if (createHash('sha256').update(bytes).digest('hex') !== hash) throw fail('is damaged')
    return bytes
  }

  /** Removes content that nothing refers to. */
  async remove(hash: string, isUsed: (hash: string) => boolean): Promise<void> {
    if (!this.#fresh.has(hash) && !isUsed(hash)) await rm(this.#path(hash), { force: true })
  }

  /** Removes whatever nothing refers to, unfinished files of a killed process included. */
  async collect(isUsed: (hash: string) => boolean): Promise<void> {
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(join(this.#folder, folder)).catch(() => [])) {
        if (name.endsWith('.tmp') || !/^[0-9a-f]{64}$/.test(name)) {
          await rm(join(this.#folder, folder, name), { force: true })
        } else {
          await this.remove(name, isUsed)
        }
      }
    }
  }

  #path(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash)
  }
}
