import { LabError } from '../../../shared/errors.ts'
import { cudaArchives } from './cuda-wheels.ts'

/** A file that libraries come out of: a wheel of the Python index, or a zip that a person brings. */
export interface Archive {
  /** Its name; a wheel's says what pip is asked for (wheel-name.ts). */
  readonly file: string
  readonly bytes?: number
  /** What the index lists for it, hexadecimal. */
  readonly sha256?: string
  /** The libraries wanted, by their names inside. They keep their folders: libraries find each other by them. */
  readonly libraries: readonly string[]
}

/** How an engine pack is made. */
export interface Recipe {
  /** The engine's id. */
  readonly id: string
  /** Of TensorFlow. */
  readonly version: string
  readonly archives: readonly Archive[]
  /** Whether pip can fetch the archives; where it cannot, a person brings them. */
  readonly isFetched: boolean
  /** The libraries that the binding is linked to, of those above. */
  readonly linked: readonly string[]
  /** Headers that the binding includes: the beginnings of their names inside the archives. */
  readonly headers: readonly string[]
  /** The part of those names that the compiler is told. */
  readonly include: string
  /** Bytes that installing takes on the disk at its largest, about. */
  readonly room: number
}

/** Engines that can be installed. */
export const packIds = ['tensorflow-cpu', 'tensorflow-cuda'] as const

const wheelInclude = 'tensorflow/include'
const wheelHeaders = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/']
const [elf, machO] = [
  ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'],
  ['tensorflow/libtensorflow_cc.2.dylib', 'tensorflow/libtensorflow_framework.2.dylib'],
] as const

/** TensorFlow's C API lies in its wheels; @tensorflow/tfjs-node-gpu's own source is compiled against it. */
const fromWheels = (id: string, room: number, first: Archive, ...others: readonly Archive[]): Recipe => ({
  id,
  version: '2.21.0',
  archives: [first, ...others],
  isFetched: true,
  linked: first.libraries,
  headers: wheelHeaders.map((folder) => `${wheelInclude}/${folder}`),
  include: wheelInclude,
  room,
})

const recipes: Readonly<Record<(typeof packIds)[number], Readonly<Record<string, Recipe>>>> = {
  'tensorflow-cpu': {
    'linux x64': fromWheels('tensorflow-cpu', 1.3e9, {
      file: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
      bytes: 274_000_871,
      sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      libraries: elf,
    }),
    // On these two the plain wheel is the one without CUDA.
    'linux arm64': fromWheels('tensorflow-cpu', 1.3e9, {
      file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl',
      bytes: 281_946_471,
      sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      libraries: elf,
    }),
    'darwin arm64': fromWheels('tensorflow-cpu', 1.3e9, {
      file: 'tensorflow-2.21.0-cp312-cp312-macosx_12_0_arm64.whl',
      bytes: 223_488_205,
      sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
      libraries: machO,
    }),
    'win32 x64': windows(),
  },
  'tensorflow-cuda': {
    'linux x64': fromWheels(
      'tensorflow-cuda',
      9e9,
      {
        file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
        bytes: 572_611_111,
        sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
        libraries: elf,
      },
      ...cudaArchives,
    ),
  },
}

/**
 * Wheels for Windows have no library that a compiler can link, and pip fetches nothing else: a person brings the
 * zip of TensorFlow's C library that @tensorflow/tfjs-node-gpu is made for. Written from its scripts
 * (deps-constants.js, binding.gyp), and not yet run on Windows.
 */
function windows(): Recipe {
  return {
    id: 'tensorflow-cpu',
    version: '2.9.1',
    archives: [
      { file: 'libtensorflow-cpu-windows-x86_64-2.9.1.zip', libraries: ['lib/tensorflow.dll', 'lib/tensorflow.lib'] },
    ],
    isFetched: false,
    linked: ['lib/tensorflow.lib'],
    headers: ['include/'],
    include: 'include',
    room: 1.3e9,
  }
}

/** Throws LabError `engine-unavailable` for another id, or a platform that has no such libraries. */
export function recipeFor(id: string, platform: string = process.platform, arch: string = process.arch): Recipe {
  const known = packIds.find((name) => name === id)
  if (!known) {
    const hint = `These can be: ${packIds.join(', ')}.`
    throw new LabError('engine-unavailable', `There is no engine "${id}" to install.`, hint, { engine: id })
  }
  const recipe = recipes[known][`${platform} ${arch}`]
  if (recipe) return recipe
  const message = `There is no ${id} for ${platform} ${arch}: nobody offers its libraries for it.`
  const hint = `It is made for ${Object.keys(recipes[known]).join(', ')}. The engine wasm is built in.`
  throw new LabError('engine-unavailable', message, hint, { engine: id })
}

/** Whether a pack can be made for this machine's platform, whatever else is missing. */
export const isOffered = (id: (typeof packIds)[number]): boolean =>
  recipes[id][`${process.platform} ${process.arch}`] !== undefined
