import type { LabErrorData } from './errors.ts'
import type { Floats } from './ndarray.ts'

/** What one run reported over some training steps; columns of equal length, NaN: not measured. */
export interface HistoryRows {
  readonly step: Int32Array
  readonly loss: Float32Array
  readonly metric: Float32Array
  readonly validationLoss: Float32Array
  readonly validationMetric: Float32Array
}

/** flow(t) of the top layer at some training steps: [rows, T]; `cell` only where the cell has a c. */
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
