import { fused } from '../fused/fused.ts'
import { loadKernels } from '../fused/kernels.ts'
import type { Backend } from './backend.ts'
import { wasmGeneric } from './wasm-generic.ts'

/**
 * The built-in engine: fused kernels in WebAssembly, and TensorFlow.js for what has none. Always there,
 * nothing to install.
 */
export const wasm: Backend = {
  id: 'wasm',
  async start() {
    const [{ kernels, description }, generic] = await Promise.all([loadKernels(), wasmGeneric.start()])
    const { version } = generic.info
    return { info: { id: 'wasm', state: 'ready', description, version }, compute: fused(kernels, generic.compute) }
  },
}
