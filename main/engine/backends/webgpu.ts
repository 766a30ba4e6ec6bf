import * as tf from '@tensorflow/tfjs'
import { LabError } from '../../../shared/errors.ts'
import { generic } from '../layers/generic.ts'
import type { Backend } from './backend.ts'
import { notLoadable } from './not-loadable.ts'

const id = 'webgpu'

/**
 * Of TensorFlow.js' products the packed one, at every size. What it would choose for small results adds parts up in
 * whatever order they come, and then a run would not go on bit for bit, or gives a workgroup to each number, which
 * takes a software device 60 times as long.
 */
const packedProduct = 3

/** The GPU of whatever maker, by Dawn (npm `webgpu`) and TensorFlow.js' backend, op by op. */
export const webgpu: Backend = {
  id,
  async start() {
    refuseWithoutVulkan()
    const adapter = await findAdapter()
    const name = nameOf(adapter.info)
    if (!tf.findBackend(id)) await register(adapter)
    await tf.setBackend(id)
    tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', packedProduct)
    const description = 'TensorFlow.js on WebGPU, op by op'
    return { info: { id, state: 'ready', description, version: tf.version_core, device: { name } }, compute: generic }
  },
}

/** On Linux everything on the way to the GPU begins with Vulkan's loader, without which Dawn prints a complaint of its own. */
function refuseWithoutVulkan(): void {
  if (process.platform !== 'linux' || notLoadable('libvulkan.so.1') === undefined) return
  throw unavailable(
    "There is no Vulkan on this machine (libvulkan.so.1), by which a GPU's driver is reached.",
    'Install the driver of the graphics card and libvulkan1, or use the engine wasm.',
  )
}

let gpu: GPU | undefined

async function findAdapter(): Promise<GPUAdapter> {
  // TensorFlow.js' backend registers itself when it finds a GPU; it is to be loaded before there is one.
  await import('@tensorflow/tfjs-backend-webgpu')
  gpu ??= await loadDawn()
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter) return adapter
  throw unavailable(
    'There is no GPU with a driver for Vulkan, Metal or Direct3D 12 on this machine.',
    'Install the driver of the graphics card, or use the engine wasm.',
  )
}

async function loadDawn(): Promise<GPU> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create([])
    // Where TensorFlow.js looks for it, as in a browser.
    globalThis.navigator ??= {} as Navigator
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu })
    return gpu
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]
    throw unavailable(`WebGPU cannot be loaded: ${reason}`, 'Use the engine wasm, which is built in.')
  }
}

/** With the driver's version, on which its numbers may depend. Fallback adapters compute on the CPU. */
function nameOf({ vendor, architecture, device, description, isFallbackAdapter }: GPUAdapterInfo): string {
  const parts = [device.replace(/-+$/, '') || `${vendor} ${architecture}`.trim(), description].filter(Boolean)
  return `${parts.join(', ') || 'unnamed GPU'}${isFallbackAdapter ? ' (software)' : ''}`
}

/** Makes it a backend of TensorFlow.js, once it has shown that a result can be read. */
async function register(adapter: GPUAdapter): Promise<void> {
  const { BlockingWebGPU } = await import('../webgpu/blocking.ts')
  const { openDevice } = await import('../webgpu/polling.ts')
  const { keepNaN } = await import('../webgpu/squashes.ts')
  const device = await openDevice(adapter).catch((error: Error) => {
    throw unavailable(`The GPU cannot be used: ${error.message}`, 'See to its driver, or use the engine wasm.')
  })
  if (!device) {
    throw unavailable(
      'This version of WebGPU for Node cannot be waited for.',
      'Install the dependencies again: npm start.',
    )
  }
  keepNaN(id)
  tf.registerBackend(id, () => new BlockingWebGPU(device, adapter.info))
}

function unavailable(message: string, hint: string): LabError {
  return new LabError('engine-unavailable', message, hint, { engine: id })
}
