import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { runTool } from './tool.ts'

export const bindingFile = 'tfjs_binding.node'

/** Asked in this order; `CXX` is where a person names theirs. */
const compilers = () => [...(process.env.CXX ? [process.env.CXX] : []), 'g++', 'clang++', 'c++']

/**
 * Compiles @tensorflow/tfjs-node-gpu's binding against a pack's libraries, into the folder that has them. It speaks
 * Node-API, so one binding serves Node and Electron of any later version.
 * Throws LabError `engine-unavailable` without a compiler, and with the compiler's reason where it fails.
 */
export async function compileBinding(
  libraries: string,
  names: readonly string[],
  headers: string,
  work: string,
  signal: AbortSignal,
): Promise<void> {
  const compiler = await findCompiler(signal)
  // Copied, because in a packaged app they lie in an archive that no compiler reads.
  const sources = await copyFolder(join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding'), join(work, 'binding'))
  const node = join(work, 'node')
  await copyFolder(join(packageFolder('node-api-headers'), 'include'), node)
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    ...[`-I${node}`, `-I${headers}`],
    ...sources.filter((path) => path.endsWith('.cc')),
    ...[`-L${libraries}`, ...names.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN'],
    ...['-o', join(libraries, bindingFile)],
  ]
  const { code, output } = await runTool(compiler, args, signal)
  signal.throwIfAborted()
  if (code === 0) return
  const reason = output.split('\n').find((line) => /error|undefined|cannot/.test(line)) ?? output.trim().slice(-300)
  const hint = 'See to the compiler (g++ 9 or clang++ 10 and newer), or name another with CXX.'
  throw new LabError('engine-unavailable', `${compiler} could not compile the binding: ${reason.trim()}`, hint)
}

async function findCompiler(signal: AbortSignal): Promise<string> {
  for (const compiler of compilers()) {
    const { code } = await runTool(compiler, ['--version'], signal)
    signal.throwIfAborted()
    if (code === 0) return compiler
  }
  throw new LabError(
    'engine-unavailable',
    'There is no C++ compiler on this machine, which the engine needs once.',
    'Install one (Debian and Ubuntu: apt install g++), or name it with CXX.',
  )
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
