import type { EngineInfo } from '../../../shared/contract.ts'
import type { Compute } from '../layers/layer.ts'

/** A backend that runs. */
export interface Started {
  readonly info: EngineInfo
  readonly compute: Compute
}

export interface StartOptions {
  /** Threads it may compute with; left out: one for each of the machine's cores. */
  readonly threads?: number
}

/** A way to compute. One file each, one line in registry.ts. */
export interface Backend {
  readonly id: string
  /** Makes it TensorFlow.js' backend in this process. Throws LabError `engine-unavailable`. */
  start(options?: StartOptions): Promise<Started>
}
