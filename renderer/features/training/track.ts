import { type FlowRows, type HistoryRows, type RunStatus, validatedOf } from '../../../shared/telemetry.ts'
import { memoryHorizon, stepsOf } from '../../viz/horizon.ts'
import { ThinSeries } from '../../viz/thin.ts'
import type { Flow } from '../../viz/waterfall.ts'
import { Floats32, Integers32 } from './growing.ts'

/** One kind of flow (of h or of c): its rows, their horizons and the largest finite value so far. */
export class FlowTrack {
  readonly values = new Floats32()
  readonly horizons = new Floats32()
  readonly horizonCurve = new ThinSeries()
  largest = 0

  append(steps: Int32Array, rows: Float32Array, length: number): void {
    this.values.append(rows)
    for (const value of rows) if (value > this.largest && value < Infinity) this.largest = value
    const horizons = Float32Array.from(steps, (_, k) => memoryHorizon(rows.subarray(k * length, (k + 1) * length)))
    this.horizons.append(horizons)
    for (let k = 0; k < steps.length; k += 1) this.horizonCurve.append(steps[k] as number, horizons[k] as number)
  }
}

export interface Measured {
  loss: number
  metric: number
  validationLoss: number
  validationMetric: number
  /** Whether validation was measured by then: NaN can be what came out. */
  validated: boolean
}

const unmeasured: Measured = {
  loss: Number.NaN,
  metric: Number.NaN,
  validationLoss: Number.NaN,
  validationMetric: Number.NaN,
  validated: false,
}

/** Everything one run has reported, in the page's memory. */
export class Track {
  readonly step = new Integers32()
  readonly hidden = new FlowTrack()
  cell: FlowTrack | undefined
  /** Time steps of a flow row. */
  length = 0
  /** Time steps of the longest and of the shortest row: rows are as long as the longest example behind them. */
  most = 0
  least = Number.POSITIVE_INFINITY
  historyRows = 0
  readonly loss = new ThinSeries()
  readonly validationLoss = new ThinSeries()
  readonly validationMetric = new ThinSeries()
  readonly metric = new ThinSeries()
  /** The complete history for export: step, loss, metric, validation loss and metric of every row. */
  readonly history: HistoryRows[] = []
  latest: Measured = { ...unmeasured }
  status: RunStatus = { state: 'ready', step: 0, stepsPerSecond: 0 }

  appendHistory(rows: HistoryRows): void {
    if (!rows.step.length) return
    this.history.push(rows)
    this.historyRows += rows.step.length
    const validated = validatedOf(rows)
    for (let k = 0; k < rows.step.length; k += 1) {
      const step = rows.step[k] as number
      this.loss.append(step, rows.loss[k] as number)
      this.metric.append(step, rows.metric[k] as number)
      this.validationLoss.append(step, rows.validationLoss[k] as number)
      this.validationMetric.append(step, rows.validationMetric[k] as number)
      this.latest.loss = rows.loss[k] as number
      this.latest.metric = rows.metric[k] as number
      if (!validated[k]) continue
      this.latest.validated = true
      this.latest.validationLoss = rows.validationLoss[k] as number
      this.latest.validationMetric = rows.validationMetric[k] as number
    }
  }

  /** What was measured last at or before a training step; NaN where nothing was. */
  measuredAt(step: number): Measured {
    const found: Measured = { ...unmeasured }
    for (const part of this.history) {
      const validated = validatedOf(part)
      for (let k = 0; k < part.step.length && (part.step[k] as number) <= step; k += 1) {
        found.loss = part.loss[k] as number
        found.metric = part.metric[k] as number
        if (!validated[k]) continue
        found.validated = true
        found.validationLoss = part.validationLoss[k] as number
        found.validationMetric = part.validationMetric[k] as number
      }
    }
    return found
  }

  appendFlow(rows: FlowRows): void {
    if (!rows.step.length) return
    this.length = rows.hidden.shape[1] ?? 0
    this.step.append(rows.step)
    for (let k = 0; k < rows.step.length; k += 1) {
      const steps = stepsOf(rows.hidden.data.subarray(k * this.length, (k + 1) * this.length))
      this.most = Math.max(this.most, steps)
      this.least = Math.min(this.least, steps)
    }
    this.hidden.append(rows.step, rows.hidden.data, this.length)
    if (!rows.cell) return
    this.cell ??= new FlowTrack()
    this.cell.append(rows.step, rows.cell.data, this.length)
  }

  /** The carried state's flow (c where the cell has one), or h's. */
  flowTrack(carried: boolean): FlowTrack {
    return carried && this.cell ? this.cell : this.hidden
  }

  flow(carried: boolean): Flow {
    return { count: this.step.length, step: this.step.values, values: this.flowTrack(carried).values.values }
  }

  row(carried: boolean, index: number): Float32Array {
    return this.flowTrack(carried).values.values.subarray(index * this.length, (index + 1) * this.length)
  }

  horizon(carried: boolean, index: number): number {
    return this.flowTrack(carried).horizons.values[index] ?? Number.NaN
  }

  /** Time steps of the longest example behind a row. */
  longest(index: number): number {
    return stepsOf(this.row(false, index))
  }

  /** Index of the last flow row measured at or before a training step, -1 before the first. */
  rowAt(step: number): number {
    const steps = this.step.values
    let low = 0
    let high = steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((steps[middle] as number) <= step) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
