import { type BackendValues, util } from '@tensorflow/tfjs'
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { LabError } from '../../../shared/errors.ts'
import { type Poll, type PolledDevice, pollUntil } from './polling.ts'

/** A device that has not answered for so long is taken for lost, in milliseconds. */
const patience = 120_000

/**
 * TensorFlow.js' WebGPU backend, with results that can be waited for. Its own `readSync` draws on a canvas, which
 * Node has not, and WebGPU only reads by promise. The choice is between engines that are asynchronous, all of them
 * and everything above, a thread to hide the promise in, which every array would have to cross twice, and asking the
 * device in a loop, as done here: the engine process may block, no other engine is touched, and an array is there
 * as soon as it is computed.
 */
export class BlockingWebGPU extends WebGPUBackend {
  readonly #poll: Poll
  #refused: GPUError | undefined

  constructor({ device, poll }: PolledDevice, info: GPUAdapterInfo) {
    super(device, info)
    this.#poll = poll
    // WebGPU goes on after an error, with zeros in the place of results.
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#refused ??= error
    })
  }

  /**
   * Throws LabError `engine-died` where the device is lost or does not answer, `spec-invalid` where it has refused
   * anything since the last reading: memory, a size, a shader.
   */
  override readSync(dataId: object): BackendValues {
    const result = this.#read(dataId)
    const refused = this.#refused
    this.#refused = undefined
    if (refused) throw refusal(refused)
    return result
  }

  #read(dataId: object): BackendValues {
    const { values, resource, dtype } = this.tensorMap.get(dataId)
    if (values) return values
    const source = resource as GPUBuffer
    const staging = this.bufferManager.acquireBuffer(source.size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ)
    this.#submitCopy(source, staging)
    staging.mapAsync(GPUMapMode.READ).catch(() => {}) // a lost device leaves it unmapped
    const isSettled = pollUntil(this.#poll, () => staging.mapState !== 'pending', patience)
    if (staging.mapState !== 'mapped') throw lost(isSettled ? 'was lost' : 'does not answer')
    const bytes = staging.getMappedRange().slice(0)
    staging.unmap()
    this.bufferManager.releaseBuffer(staging)
    return util.convertBackendValuesAndArrayBuffer(bytes, dtype)
  }

  #submitCopy(source: GPUBuffer, staging: GPUBuffer): void {
    this.endComputePassEncoder()
    this.ensureCommandEncoderReady()
    this.submitQueue() // what computes it
    const copy = this.device.createCommandEncoder()
    copy.copyBufferToBuffer(source, 0, staging, 0, source.size)
    this.queue.submit([copy.finish()])
  }
}

function refusal(error: GPUError): LabError {
  const isMemory = error instanceof GPUOutOfMemoryError
  const what = isMemory ? 'has too little memory for this' : `cannot compute this: ${error.message.split('\n')[0]}`
  const hint = 'Use shorter sequences, fewer units or smaller batches, or the engine wasm.'
  return new LabError(isMemory ? 'out-of-memory' : 'spec-invalid', `The graphics device ${what}.`, hint)
}

function lost(how: string): LabError {
  const hint = 'See to the graphics driver, or use the engine wasm.'
  return new LabError('engine-died', `The graphics device ${how}.`, hint, { how })
}
