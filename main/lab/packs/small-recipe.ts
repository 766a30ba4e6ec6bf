import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { strToU8 } from 'fflate'
import { bindingFile, layersFile } from './binding.ts'
import { makeWheel } from './make-wheel.ts'
import type { Recipe } from './recipes.ts'

/** A pack of two small wheels, for tests: made on any machine, because the app carries its binding. */

/** A wheel that pip takes: `name` with "_" between words, of version 1.0. */
function wheel(folder: string, name: string, files: Record<string, Uint8Array>): string {
  const info = `${name}-1.0.dist-info`
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`
  return makeWheel(
    join(folder, `${name}-1.0-py3-none-any.whl`),
    {
      ...files,
      [`${info}/METADATA`]: strToU8(metadata),
      [`${info}/WHEEL`]: strToU8('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
      [`${info}/licenses/License.txt`]: strToU8(`licence of ${name}`),
    },
    {},
    info,
  )
}

/** The wheel that the binding is linked to. */
export const coreWheel = (folder: string): string =>
  wheel(folder, 'unroll_test_core', {
    'tensorflow/libcore.so.2': strToU8('core'),
    'tensorflow/include/tensorflow/c/c_api.h': strToU8('header'),
    'tensorflow/python/other.py': strToU8('1'),
  })
/** The wheel with a library of CUDA, of so many bytes. */
export const cudaWheel = (folder: string, bytes = 1000): string =>
  wheel(folder, 'unroll_test_cuda', { 'nvidia/part/lib/libpart.so.12': new Uint8Array(bytes).fill(7) })

/** Of the first, or of both. */
export function smallRecipe(paths: readonly string[], id = 'tensorflow-cuda'): Recipe {
  const libraries = [['tensorflow/libcore.so.2'], ['nvidia/part/lib/libpart.so.12']]
  const archives = paths.map((path, index) => {
    const content = readFileSync(path)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { file: basename(path), bytes: content.length, sha256, libraries: libraries[index] ?? [] }
  })
  const headers = { headers: ['tensorflow/include/'], include: 'tensorflow/include' }
  return { id, version: '1.0', archives, isFetched: true, linked: libraries[0] ?? [], room: 1e6, ...headers }
}

/** As a packaged app has it; returns what takes it away. */
export function carryBinding(folder: string): () => void {
  const carried = join(folder, 'resources', 'binding', `${process.platform}-${process.arch}`)
  mkdirSync(carried, { recursive: true })
  writeFileSync(join(carried, bindingFile), 'a binding')
  writeFileSync(join(carried, layersFile), 'layers')
  Object.assign(process, { resourcesPath: join(folder, 'resources') })
  return () => Object.assign(process, { resourcesPath: undefined })
}
