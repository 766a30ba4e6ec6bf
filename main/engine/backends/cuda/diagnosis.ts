import type { CudaFacts, Device } from './facts.ts'

export const diagnosisIds = [
  'no-driver',
  'driver-too-old',
  'no-device',
  'hidden',
  'too-little-memory',
  'on-cpu',
] as const

/** Why CUDA cannot be used, and what to do. */
export interface Diagnosis {
  readonly id: (typeof diagnosisIds)[number]
  readonly message: string
  readonly hint: string
  /** What a translation of the message needs. */
  readonly details?: Readonly<Record<string, string | number>>
}

/**
 * The oldest driver that runs every CUDA 12.x on Linux: NVIDIA, CUDA Toolkit Release Notes, "Minimum Required Driver
 * Version for CUDA Minor Version Compatibility".
 */
const oldestDriver = '525.60.13'

/**
 * Of a device with less than 2 GiB TensorFlow leaves 225 MiB to CUDA (MinSystemMemory in its gpu_device.cc), and
 * CUDA's context with the code of cuBLAS and cuDNN takes about half a gigabyte: less than this leaves no room to train.
 */
const leastMemory = 2 ** 30

const updateHint = 'Install a current driver from NVIDIA or your distribution, and restart.'

/** What stands in CUDA's way before TensorFlow is loaded; undefined where nothing does. */
export function diagnose(facts: CudaFacts): Diagnosis | undefined {
  const { driver, driverMissing, devices, complaint, visible } = facts
  if (driverMissing !== undefined) {
    const message = `There is no NVIDIA driver on this machine: ${driverMissing}.`
    return { id: 'no-driver', message, hint: `With an NVIDIA GPU: ${updateHint} Without: use tensorflow-cpu or wasm.` }
  }
  if (driver !== undefined && compareVersions(driver, oldestDriver) < 0) {
    const message = `The NVIDIA driver ${driver} is too old for CUDA 12, which needs ${oldestDriver} or newer.`
    return { id: 'driver-too-old', message, hint: updateHint, details: { driver, needed: oldestDriver } }
  }
  if (visible?.trim() === '' || visible?.startsWith('-1')) {
    const message = 'CUDA_VISIBLE_DEVICES hides every GPU from this program.'
    return { id: 'hidden', message, hint: 'Unset it, or name a device as nvidia-smi -L lists them.' }
  }
  if (devices.length === 0 && complaint !== undefined) {
    const message = `The NVIDIA driver finds no usable GPU: ${complaint}`
    return { id: 'no-device', message, hint: 'Restart after an update of the driver; nvidia-smi must list the GPU.' }
  }
  const device = deviceOf(facts)
  // A part of a device (MIG) goes by its own name, and nvidia-smi may be absent: then TensorFlow has the last word.
  if (device && device.freeBytes < leastMemory) {
    const [free, needed] = [device.freeBytes, leastMemory].map((bytes) => Math.round(bytes / 2 ** 20)) as [
      number,
      number,
    ]
    const message = `${device.name} has ${free} MiB of memory free; training needs ${needed}.`
    const hint =
      'End other programs that use the GPU (nvidia-smi lists them), or name another with CUDA_VISIBLE_DEVICES.'
    return { id: 'too-little-memory', message, hint, details: { device: device.name, free, needed } }
  }
  return undefined
}

/**
 * Why TensorFlow computes on the processor although nothing stood in the way. `unloadable`: libraries of CUDA that
 * the loader refuses, each with its reason.
 */
export function diagnoseCpu(facts: CudaFacts, unloadable: readonly string[]): Diagnosis {
  const device = deviceOf(facts)
  if (unloadable.length > 0) {
    const message = `TensorFlow computes on the CPU, because libraries of CUDA cannot be loaded: ${unloadable.join('; ')}.`
    return { id: 'on-cpu', message, hint: 'Run: unroll engine install tensorflow-cuda' }
  }
  if (!device) {
    const message = 'The NVIDIA driver is there, but TensorFlow finds no GPU.'
    return { id: 'no-device', message, hint: 'nvidia-smi must list it. A container has to be given it (--gpus all).' }
  }
  const message = `There is a GPU, ${device.name}, but TensorFlow computes on the CPU.`
  const hint = 'TF_CPP_MIN_LOG_LEVEL=0 makes TensorFlow say why: unroll engine verify tensorflow-cuda'
  return { id: 'on-cpu', message, hint }
}

/** The device that is computed on: the first that CUDA_VISIBLE_DEVICES names, by number or (the start of) a UUID. */
export function deviceOf({ devices, visible }: CudaFacts): Device | undefined {
  const wanted = visible?.split(',')[0]?.trim()
  if (wanted === undefined) return devices[0]
  return devices.find(({ index, uuid }) => index === wanted || (wanted.length > 4 && uuid.startsWith(wanted)))
}

/** Below, at or above 0 as a is older than b, the same, or newer. Parts that are missing count as 0. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]]
  const at = [...left, ...right].findIndex((_, index) => (left[index] ?? 0) !== (right[index] ?? 0))
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}
