import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { LabError } from '../../../shared/errors.ts'
import { generic } from '../layers/generic.ts'
import type { Binding } from '../tensorflow/binding.ts'
import { native } from '../tensorflow/native.ts'
import { type Layers, whole } from '../tensorflow/whole.ts'
import type { Backend } from './backend.ts'
import { cudaId, requireCuda, usedDevice } from './cuda/cuda.ts'

interface Loaded {
  readonly binding: Binding & { readonly TF_Version: string }
  readonly isUsingGpuDevice: boolean
}

type TensorFlow = typeof import('@tensorflow/tfjs-node-gpu')

/**
 * TensorFlow's own library, by @tensorflow/tfjs-node-gpu and the binding of an engine pack (main/lab/packs), which
 * whoever starts this process names in UNROLL_TENSORFLOW_BINDING.
 */
export const tensorflow = (id: string): Backend => ({
  id,
  async start({ threads = availableParallelism() } = {}) {
    const binding = process.env.UNROLL_TENSORFLOW_BINDING
    if (!binding || !existsSync(binding)) {
      throw new LabError('engine-unavailable', `${id} is not installed.`, `Run: unroll engine install ${id}`, {
        engine: id,
      })
    }
    const facts = id === cudaId ? await requireCuda() : undefined
    const tf = loadTensorFlow(id)
    await tf.setBackend('tensorflow')
    const { binding: library, isUsingGpuDevice } = tf.backend() as unknown as Loaded
    const device = facts && usedDevice(facts, isUsingGpuDevice)
    const about = { id, state: 'ready', version: library.TF_Version, ...(device && { device }) } as const
    const own = native(library, generic)
    const layers = process.env.UNROLL_TENSORFLOW_LAYERS
    if (isUsingGpuDevice || !layers) {
      const description = `TensorFlow's own recurrent operations${device ? ` on ${device.name}` : ''}`
      return { info: { ...about, description }, compute: own }
    }
    const compute = whole(load<Layers>(id, layers), threads, own)
    const description = `whole layers on TensorFlow's products, ${threads === 1 ? 'one thread' : `${threads} threads`}`
    return { info: { ...about, description }, compute }
  },
})

function loadTensorFlow(id: string): TensorFlow {
  // The package asks these two of Node, which has dropped the first and warns of the second.
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray = Array.isArray
  return load<TensorFlow>(id, '@tensorflow/tfjs-node-gpu')
}

/** A CommonJS or native module. Throws LabError `engine-unavailable` with its reason. */
function load<Module>(id: string, path: string): Module {
  try {
    return createRequire(import.meta.url)(path) as Module
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? ''
    const hint = `Run: unroll engine verify ${id}, or install it again.`
    throw new LabError('engine-unavailable', `${id} cannot be loaded: ${reason}`, hint, { engine: id })
  }
}
