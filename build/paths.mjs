import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, as a path. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * A path inside the repository.
 * @param {...string} parts
 */
export const inRoot = (...parts) => join(root, ...parts)

/** What can be made again: type declarations, stamps of builds, reports. Never committed. */
export const cacheFolder = inRoot('.cache')
