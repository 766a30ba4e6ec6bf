import type { LabErrorData } from './errors.ts'
import type { Floats } from './ndarray.ts'

/**
 * What one run reported over some training steps; columns of equal length. Where `validated` is 1, validation
 * was measured, and NaN or an infinity is what came out; elsewhere its columns hold NaN.
 */
export interface HistoryRows {
  readonly step: Int32Array
  readonly loss: Float32Array
  readonly metric: Float32Array
  readonly validationLoss: Float32Array
  readonly validationMetric: Float32Array
  /** 1 or 0. Left out, in rows of an earlier version: 1 where `validationLoss` is not NaN. */
  readonly validated?: Int32Array
}

/** Whether validation was measured in each row, 1 or 0. */
export function validatedOf({ validated, validationLoss }: HistoryRows): Int32Array {
  return validated ?? Int32Array.from(validationLoss, (loss) => (Number.isNaN(loss) ? 0 : 1))
}

/**
 * flow(t) of the top layer at some training steps: [rows, T]; `cell` only where the cell has a c. Entry T-1-k
 * is k steps before each example's own last step. Where no example of that batch is so long there is no such
 * step: the entry is NaN, and NaN means nothing else here, since an update without a finite gradient is
 * refused. 0 is a gradient that vanished, or that float32 cannot tell from it.
 */
export interface FlowRows {
  readonly step: Int32Array
  readonly hidden: Floats
  readonly cell?: Floats
}

export interface Rows {
  readonly history: HistoryRows
  readonly flow: FlowRows
}

export type RunState = 'ready' | 'training' | 'paused' | 'done' | 'failed' | 'interrupted'

export interface RunStatus {
  readonly state: RunState
  /** Updates made so far. */
  readonly step: number
  readonly stepsPerSecond: number
  readonly failure?: LabErrorData
}
