import { LabError } from '../../../shared/errors.ts'

/** How an engine pack is made: which wheels of the Python index it comes from, and what of them it needs. */
export interface Recipe {
  /** The engine's id. */
  readonly id: string
  /** As pip names it. */
  readonly package: string
  readonly version: string
  /** Tags of the wheel, so that it does not depend on the Python whose pip fetches it. */
  readonly platform: string
  /** The libraries, by their names inside the wheel. */
  readonly libraries: readonly string[]
  /** Folders of headers that the binding includes, inside the wheel. */
  readonly headers: readonly string[]
  /** Bytes that installing takes on the disk at its largest, about. */
  readonly room: number
}

/** What the library is linked and loaded by: `$ORIGIN` is the folder of the binding itself. */
const headers = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/'].map(
  (folder) => `tensorflow/include/${folder}`,
)

const cpuPlatforms: Readonly<Record<string, string>> = {
  'linux x64': 'manylinux_2_27_x86_64',
  'linux arm64': 'manylinux_2_27_aarch64',
}

/** Engines that can be installed. */
export const packIds = ['tensorflow-cpu'] as const

/**
 * TensorFlow's C API lies in its Python wheels; @tensorflow/tfjs-node-gpu's own source is compiled against it.
 * Throws LabError `engine-unavailable` for another id or a platform that has no such wheel.
 */
export function recipeFor(id: string, platform: string = process.platform, arch: string = process.arch): Recipe {
  if (!packIds.some((known) => known === id)) {
    const hint = `These can be: ${packIds.join(', ')}.`
    throw new LabError('engine-unavailable', `There is no engine "${id}" to install.`, hint, { engine: id })
  }
  const tag = cpuPlatforms[`${platform} ${arch}`]
  if (!tag) {
    const message = `There is no ${id} for ${platform} ${arch}: its wheels carry no library to link.`
    throw new LabError('engine-unavailable', message, 'The engine wasm is built in.', { engine: id })
  }
  return {
    id,
    package: 'tensorflow-cpu',
    version: '2.21.0',
    platform: tag,
    libraries: ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'],
    headers,
    room: 1.3e9,
  }
}
