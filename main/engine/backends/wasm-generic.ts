import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm'
import { LabError } from '../../../shared/errors.ts'
import { generic } from '../layers/generic.ts'
import type { Backend } from './backend.ts'
import { replaceOps } from './wasm-ops.ts'

/** TensorFlow.js on WebAssembly, its ops one by one: slow, general, and what the kernels are held to. */
export const wasmGeneric: Backend = {
  id: 'wasm-generic',
  async start() {
    const library = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
    // A packaged app keeps what is opened by path outside its archive.
    setWasmPaths(dirname(library).replace('app.asar', 'app.asar.unpacked') + sep)
    if (!(await tf.setBackend('wasm'))) {
      throw new LabError(
        'engine-unavailable',
        'WebAssembly does not start here.',
        'Install the dependencies again: npm start.',
      )
    }
    await tf.ready()
    replaceOps()
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
    const description = `TensorFlow.js, ${simd ? 'WebAssembly SIMD' : 'WebAssembly'}`
    return { info: { id: 'wasm-generic', state: 'ready', description, version: version_wasm }, compute: generic }
  },
}
