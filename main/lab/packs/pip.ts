import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import type { OnProgress } from './progress.ts'
import type { Recipe } from './recipes.ts'
import { runTool } from './tool.ts'

/** Pythons that may have pip, in the order in which they are asked. */
const pythons = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']

/**
 * Fetches the recipe's wheel into `folder` with the machine's own pip, from wherever that is configured to look;
 * pip checks what it gets against the index's hash. Returns the wheel's path.
 * Throws LabError `engine-unavailable` without pip, and with pip's reason where it fails.
 */
export async function downloadWheel(
  recipe: Recipe,
  folder: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const python = await pythonWithPip(signal)
  const args = (progressBar: 'raw' | 'off') => [
    ...['-m', 'pip', 'download', `${recipe.package}==${recipe.version}`, '--no-deps', '--only-binary=:all:'],
    ...['--implementation', 'cp', '--python-version', '3.12', '--abi', 'cp312', '--platform', recipe.platform],
    ...['--dest', folder, '--progress-bar', progressBar, '--disable-pip-version-check', '--no-input', '--no-cache-dir'],
  ]
  onProgress({ stage: 'download' })
  let { code, output } = await runTool(python, args('raw'), signal, (text) => {
    const last = [...text.matchAll(/Progress (\d+) of (\d+)/g)].at(-1)
    if (last) onProgress({ stage: 'download', done: Number(last[1]), total: Number(last[2]) })
  })
  // Before version 24.1 pip does not say how far it is.
  if (/invalid choice: 'raw'/.test(output)) ({ code, output } = await runTool(python, args('off'), signal))
  signal.throwIfAborted()
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (code === 0 && wheel) return join(folder, wheel)
  const reason = /^ERROR: (.*)$/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? ''
  throw new LabError(
    'engine-unavailable',
    `pip could not fetch ${recipe.package} ${recipe.version}: ${reason}`,
    'See to the connection or to pip’s configuration, or fetch the wheel elsewhere and use --from FILE.',
    { engine: recipe.id },
  )
}

async function pythonWithPip(signal: AbortSignal): Promise<string> {
  for (const python of pythons) {
    const { code } = await runTool(python, ['-m', 'pip', '--version'], signal)
    signal.throwIfAborted()
    if (code === 0) return python
  }
  throw new LabError(
    'engine-unavailable',
    'There is no Python with pip on this machine, which fetches the engine.',
    'Install Python 3 with pip, or fetch the wheel elsewhere and use --from FILE.',
  )
}
