import { availableParallelism } from 'node:os'
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
  async start({ threads = availableParallelism() } = {}) {
    const [loaded, generic] = await Promise.all([loadKernels(), wasmGeneric.start()])
    const compute = await fused(loaded, { threads }, generic.compute)
    const description = `${loaded.description}, ${compute.threads === 1 ? 'one thread' : `${compute.threads} threads`}`
    return { info: { id: 'wasm', state: 'ready', description, version: generic.info.version }, compute }
  },
}
