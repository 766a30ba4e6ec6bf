import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { cacheFolder, root } from './paths.mjs'

/**
 * Files under `path` (or itself), in a fixed order; tests make no difference to what is built.
 * @param {string} path @returns {string[]}
 */
function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .filter((name) => !name.endsWith('.test.ts'))
    .flatMap((name) => filesUnder(join(path, name)))
}

/**
 * SHA-256 over names and contents. Not over times: a checkout changes those of files that stay the same.
 * @param {readonly string[]} paths @param {string} [base] names are relative to it
 */
export function fingerprint(paths, base = root) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap(filesUnder)) {
    const content = readFileSync(file)
    hash.update(`${relative(base, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Remembers what something was made from.
 * @param {string} name
 * @param {string} [folder]
 */
export function stamp(name, folder = join(cacheFolder, 'stamps')) {
  const file = join(folder, name)
  return {
    /** @param {string} value */
    is: (value) => existsSync(file) && readFileSync(file, 'utf8') === value,
    /** @param {string} value */
    set(value) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, value)
    },
  }
}
