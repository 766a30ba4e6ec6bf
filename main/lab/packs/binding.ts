import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../../shared/errors.ts'
import { runTool } from './tool.ts'

export const bindingFile = 'tfjs_binding.node'
/** Whole recurrent layers, of main/engine/tensorflow/layers. */
export const layersFile = 'unroll_layers.node'

/** Lies at the same place in the repository and in a packaged app; bundles are in out/main. */
const layers = new URL(
  import.meta.url.endsWith('.ts') ? '../../engine/tensorflow/layers/' : '../../main/engine/tensorflow/layers/',
  import.meta.url,
)

/** Asked in this order; `CXX` is where a person names theirs. */
const compilers = () => [...(process.env.CXX ? [process.env.CXX] : []), 'g++', 'clang++', 'c++']

/**
 * Compiles @tensorflow/tfjs-node-gpu's binding and our layers against a pack's libraries, into the folder that has
 * them; returns the names of what was made. Both speak Node-API, so they serve Node and Electron of any later version.
 * Throws LabError `engine-unavailable` without a compiler, and with the compiler's reason where it fails.
 */
export async function compileBinding(
  libraries: string,
  names: readonly string[],
  headers: string,
  work: string,
  signal: AbortSignal,
): Promise<string[]> {
  const compiler = await findCompiler(signal)
  // Copied, because in a packaged app they lie in an archive that no compiler reads.
  const node = join(work, 'node')
  await copyFolder(join(packageFolder('node-api-headers'), 'include'), node)
  const compile = async (from: string, to: string, ...flags: string[]) => {
    const sources = await copyFolder(from, join(work, basename(to, '.node')))
    const args = [
      ...['-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w', ...flags],
      ...[`-I${node}`, `-I${headers}`],
      ...sources.filter((path) => path.endsWith('.cc')),
      ...[`-L${libraries}`, ...names.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN'],
      ...['-o', join(libraries, to)],
    ]
    const { code, output } = await runTool(compiler, args, signal)
    signal.throwIfAborted()
    if (code !== 0) throw couldNotCompile(compiler, output)
  }
  await compile(join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding'), bindingFile, '-O2')
  // Loops over units become vectors only where nobody asks for errno or traps.
  await compile(fileURLToPath(layers), layersFile, '-O3', '-fno-math-errno', '-fno-trapping-math')
  return [bindingFile, layersFile]
}

function couldNotCompile(compiler: string, output: string): LabError {
  const reason = output.split('\n').find((line) => /error|undefined|cannot/.test(line)) ?? output.trim().slice(-300)
  const hint = 'See to the compiler (g++ 9 or clang++ 10 and newer), or name another with CXX.'
  return new LabError('engine-unavailable', `${compiler} could not compile the binding: ${reason.trim()}`, hint)
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
