import type { EngineInfo } from '../../../shared/contract.ts'

/** A way to compute tensors. One file each, one line in registry.ts. */
export interface Backend {
  readonly id: string
  /** Makes it TensorFlow.js' backend in this process. Throws LabError `engine-unavailable`. */
  start(): Promise<EngineInfo>
}
