import { type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs'
import { type WebGPUBackend, type WebGPUProgram, webgpu_util } from '@tensorflow/tfjs-backend-webgpu'

/** In WGSL, of `a`. */
const formulas = {
  Sigmoid: '1.0 / (1.0 + exp(-a))',
  Tanh: 'sign(a) * (1.0 - exp(-2.0 * abs(a))) / (1.0 + exp(-2.0 * abs(a)))',
} as const
type Squash = keyof typeof formulas

/**
 * Puts sigmoid and tanh in the place of TensorFlow.js' own, with NaN where NaN goes in. WGSL leaves open what exp and
 * sign make of it, and a gate of 0 would hide from training that its numbers are gone.
 */
export function keepNaN(backendName: string): void {
  for (const kernelName of Object.keys(formulas) as Squash[]) {
    unregisterKernel(kernelName, backendName)
    registerKernel({ kernelName, backendName, kernelFunc: kernelOf(kernelName) })
  }
}

const kernelOf = (squash: Squash): KernelFunc => {
  return ({ inputs, backend }) => {
    const x = inputs.x as TensorInfo
    return (backend as WebGPUBackend).runWebGPUProgram(programOf(squash, x.shape), [x], x.dtype)
  }
}

function programOf(squash: Squash, outputShape: number[]): WebGPUProgram {
  const workgroupSize: [number, number, number] = [128, 1, 1]
  const dispatchLayout = webgpu_util.flatDispatchLayout(outputShape)
  return {
    shaderKey: `unroll_${squash}`,
    variableNames: ['A'],
    outputShape,
    size: true,
    workgroupSize,
    dispatchLayout,
    dispatch: webgpu_util.computeDispatch(dispatchLayout, outputShape, workgroupSize),
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let a = getAByOutputIndex(index);
          setOutputAtIndex(index, select(${formulas[squash]}, a, isnan(a)));
        }
      }`,
  }
}
