import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { isAsListed } from './archives.ts'
import type { OnProgress } from './progress.ts'
import type { Archive, Recipe } from './recipes.ts'
import { runTool } from './tool.ts'
import { parseWheelName } from './wheel-name.ts'

/** Pythons that may have pip, in the order in which they are asked. */
const pythons = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']
/** How often it is looked how far pip is, in milliseconds. */
const watchEvery = 250

/**
 * Fetches a recipe's wheels into `folder` with the machine's own pip, from wherever that is configured to look, and
 * those alone whose hashes the recipe lists. A wheel that is in the folder already is not fetched again: that is
 * how an interrupted download goes on. Returns the wheels' paths.
 * Throws LabError `engine-unavailable` without pip, and with pip's reason where it fails.
 */
export async function downloadArchives(
  recipe: Recipe,
  folder: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<string[]> {
  const { id, archives } = recipe
  if (!recipe.isFetched) {
    const names = archives.map(({ file }) => file).join(', ')
    const message = `pip has no library for ${process.platform} ${process.arch}.`
    throw new LabError('engine-unavailable', message, `Fetch ${names} and use --from FILE.`, { engine: id })
  }
  await mkdir(folder, { recursive: true })
  const missing: Archive[] = []
  for (const archive of archives) {
    const path = join(folder, archive.file)
    const found = await stat(path).catch(() => undefined)
    if (found && found.size === archive.bytes && (await isAsListed(archive, path))) continue
    await rm(path, { force: true })
    missing.push(archive)
  }
  const total = archives.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
  let before = total - missing.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
  if (missing.length > 0) {
    onProgress({ stage: 'download', done: before, total })
    const python = await pythonWithPip(signal)
    for (const archive of missing) {
      await download(
        python,
        id,
        archive,
        folder,
        (done) => onProgress({ stage: 'download', done: before + done, total }),
        signal,
      )
      before += archive.bytes ?? 0
    }
    onProgress({ stage: 'download', done: total, total })
  }
  return archives.map(({ file }) => join(folder, file))
}

/**
 * pip tells how far it is from version 24.1 on, and only there: what it has written so far is looked at instead.
 * For that, and so that nothing is left where it is killed, it gets a folder for its temporary files.
 */
async function download(
  python: string,
  id: string,
  { file, bytes = Number.POSITIVE_INFINITY, sha256 }: Archive,
  folder: string,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const wheel = parseWheelName(file)
  if (!wheel) throw new LabError('internal', `${file} is no wheel's name.`, 'Please report this.')
  const temporary = join(folder, '.partial')
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary)
  const requirement = join(temporary, 'requirement.txt')
  await writeFile(requirement, `${wheel.name}==${wheel.version} --hash=sha256:${sha256}\n`)
  const args = [
    ...['-m', 'pip', 'download', '--requirement', requirement, '--no-deps', '--only-binary=:all:'],
    // As the wheel's name has them, so that it does not depend on the Python whose pip fetches it.
    ...['--implementation', wheel.python.slice(0, 2), '--python-version', wheel.python.slice(2), '--abi', wheel.abi],
    ...wheel.platforms.flatMap((platform) => ['--platform', platform]),
    ...['--dest', folder, '--progress-bar', 'off', '--disable-pip-version-check', '--no-input', '--no-cache-dir'],
  ]
  let [isOver, most] = [false, 0]
  const watch = setInterval(async () => {
    // At its end the file is moved, and for a moment there is none.
    most = Math.min(Math.max(most, await sizeOfNamed(temporary, file)), bytes)
    if (!isOver) onBytes(most)
  }, watchEvery)
  const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary }
  const { code, output } = await runTool(python, args, { signal, env })
  isOver = true
  clearInterval(watch)
  await rm(temporary, { recursive: true, force: true })
  signal.throwIfAborted()
  const found = await stat(join(folder, file)).catch(() => undefined)
  if (code === 0 && found) return
  const reason = /DO NOT MATCH THE HASHES/.test(output)
    ? 'what it got is not what the Python index lists under that name'
    : (/^ERROR: (.*)$/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? '')
  throw new LabError(
    'engine-unavailable',
    `pip could not fetch ${wheel.name} ${wheel.version}: ${reason}`,
    'See to the connection or to pip’s configuration, or fetch the wheel elsewhere and use --from FILE.',
    { engine: id },
  )
}

/** Bytes of the largest file of that name below a folder; 0 where there is none. */
async function sizeOfNamed(folder: string, name: string): Promise<number> {
  const paths = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = paths
    .filter((path) => basename(path) === name)
    .map((path) =>
      stat(join(folder, path)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return Math.max(0, ...(await Promise.all(sizes)))
}

async function pythonWithPip(signal: AbortSignal): Promise<string> {
  for (const python of pythons) {
    const { code } = await runTool(python, ['-m', 'pip', '--version'], { signal })
    signal.throwIfAborted()
    if (code === 0) return python
  }
  throw new LabError(
    'engine-unavailable',
    'There is no Python with pip on this machine, which fetches the engine.',
    'Install Python 3 with pip, or fetch the wheel elsewhere and use --from FILE.',
  )
}
