import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../../shared/errors.ts'
import { compilerOf } from './compiler.ts'
import type { Recipe } from './recipes.ts'
import { runTool } from './tool.ts'

export const bindingFile = 'tfjs_binding.node'
/** Whole recurrent layers, of main/engine/tensorflow/layers; not on Windows, whose compiler they were not written for. */
export const layersFile = 'unroll_layers.node'

/** The repository, from the sources and from a bundle in out/main. */
const root = new URL(import.meta.url.endsWith('.ts') ? '../../../' : '../../', import.meta.url)

/** Something that a packaged app carries beside its archive, where it does. */
async function carried(...parts: readonly string[]): Promise<string | undefined> {
  const { resourcesPath } = process as { resourcesPath?: string } // Electron's
  const path = join(resourcesPath ?? '', 'binding', ...parts)
  return resourcesPath && (await stat(path).catch(() => undefined)) ? path : undefined
}

/** A folder of C++: the package's, or ours. */
async function sourceFolder(name: 'package' | 'own' | 'layers'): Promise<string> {
  const beside = await carried('source', name)
  if (beside) return beside
  if (name === 'package') return join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding')
  return fileURLToPath(new URL(name === 'own' ? 'main/lab/packs/binding' : 'main/engine/tensorflow/layers', root))
}

/** What is compiled for a pack: each file from every .cc of its folders. */
const parts = [
  { file: bindingFile, folders: ['package', 'own'], isVectorized: false },
  ...(process.platform === 'win32' ? [] : [{ file: layersFile, folders: ['layers'], isVectorized: true } as const]),
] as const

/**
 * Puts @tensorflow/tfjs-node-gpu's binding and our layers into a pack: those that the app carries, else compiled
 * against the pack's libraries; returns their names. They speak Node-API and TensorFlow's C API, so one serves Node
 * and Electron of any later version. Throws LabError `engine-unavailable` without a compiler, and with the
 * compiler's reason where it fails.
 */
export async function makeBinding(
  { linked, include }: Recipe,
  pack: string,
  headers: string,
  work: string,
  signal: AbortSignal,
): Promise<string[]> {
  const names = parts.map(({ file }) => file)
  const prebuilt = await Promise.all(names.map((name) => carried(`${process.platform}-${process.arch}`, name)))
  if (prebuilt.every((path) => path !== undefined)) {
    await Promise.all(prebuilt.map((path, index) => copyFile(path, join(pack, names[index] as string))))
    return names
  }
  const program = await findCompiler(signal)
  const api = packageFolder('node-api-headers')
  // Copied, because in a packaged app they lie in an archive that no compiler reads.
  const nodeHeaders = join(work, 'node')
  await copyFolder(join(api, 'include'), nodeHeaders)
  const definitions = (await copyFolder(join(api, 'def'), join(work, 'def'))).filter((path) => path.endsWith('.def'))
  for (const { file, folders, isVectorized } of parts) {
    const copies = folders.map((name) => join(work, name))
    const sources = await Promise.all(
      folders.map(async (name, index) => copyFolder(await sourceFolder(name), copies[index] as string)),
    )
    const steps = compilerOf(process.platform).steps(program, {
      sources: sources.flat().filter((path) => path.endsWith('.cc')),
      includes: [nodeHeaders, join(headers, include), ...copies],
      ...{ definitions, isVectorized, pack, linked, work },
      output: join(pack, file),
    })
    for (const [step, ...args] of steps) await compile(step, args, { signal, work })
  }
  return names
}

/** `work`: a folder that is emptied afterwards, where compilers may leave what they were about. */
async function compile(
  program: string,
  args: readonly string[],
  { signal, work }: { readonly signal: AbortSignal; readonly work: string },
): Promise<void> {
  const env = { TMPDIR: work, TEMP: work, TMP: work }
  const { code, output } = await runTool(program, args, { signal, env })
  signal.throwIfAborted()
  if (code === 0) return
  const reason = output.split('\n').find((line) => /error|undefined|cannot/.test(line)) ?? output.trim().slice(-300)
  const hint = 'See to the compiler (g++ 9 or clang++ 10 and newer), or name another with CXX.'
  throw new LabError('engine-unavailable', `${program} could not compile the binding: ${reason.trim()}`, hint)
}

async function findCompiler(signal: AbortSignal): Promise<string> {
  const { programs, probe, hint } = compilerOf(process.platform)
  for (const program of [...(process.env.CXX ? [process.env.CXX] : []), ...programs]) {
    const { code } = await runTool(program, probe, { signal })
    signal.throwIfAborted()
    if (code === 0) return program
  }
  const message = 'There is no C++ compiler on this machine, which the engine needs once.'
  throw new LabError('engine-unavailable', message, hint)
}

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
}

/** Copies the files of a folder; returns their new paths. */
async function copyFolder(from: string, to: string): Promise<string[]> {
  await mkdir(to, { recursive: true })
  const names = (await readdir(from, { withFileTypes: true })).filter((entry) => entry.isFile())
  return Promise.all(
    names.map(async ({ name }) => {
      const path = join(to, basename(name))
      await writeFile(path, await readFile(join(from, name)))
      return path
    }),
  )
}
