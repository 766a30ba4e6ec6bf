import * as tf from '@tensorflow/tfjs'

/** What of TensorFlow.js' WebAssembly backend a kernel works with. */
interface Heap {
  readSync(id: object): Float32Array | Int32Array | Uint8Array
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array | Uint8Array
  /** One tensor more shares the data. */
  incRef(id: object): void
}

/** `theirs`: what TensorFlow.js does. */
type Op = (call: Parameters<tf.KernelFunc>[0], theirs: tf.KernelFunc) => ReturnType<tf.KernelFunc>

/**
 * Ops of the WebAssembly backend that in TensorFlow.js 4.22 copy more than they must, which long or wide layers feel
 * most.
 */
const ops: Readonly<Record<string, Op>> = {
  /** A clone shares its data, as on other backends: the tape keeps one of the weights for every time step. */
  Identity({ inputs, backend }) {
    const { dataId, shape, dtype } = inputs.x as tf.TensorInfo
    ;(backend as Heap).incRef(dataId)
    return { dataId, shape, dtype }
  },

  /** Takes a tensor apart along its first axis with one reading of it, not one for every part. */
  Unpack(call, theirs) {
    const value = call.inputs.value as tf.TensorInfo
    if (call.attrs?.axis !== 0 || value.dtype === 'string') return theirs(call)
    const heap = call.backend as Heap
    const values = heap.readSync(value.dataId)
    const [count = 0, ...shape] = value.shape
    const size = values.length / count
    return Array.from({ length: count }, (_, part) => {
      const out = heap.makeOutput(shape, value.dtype)
      heap.typedArrayFromHeap(out).set(values.subarray(part * size, (part + 1) * size))
      return out
    })
  },
}

let areReplaced = false

export function replaceOps(): void {
  if (areReplaced) return
  areReplaced = true
  for (const [kernelName, op] of Object.entries(ops)) {
    const theirs = tf.getKernel(kernelName, 'wasm')
    tf.unregisterKernel(kernelName, 'wasm')
    tf.registerKernel({ ...theirs, kernelFunc: (call) => op(call, theirs.kernelFunc) })
  }
}
