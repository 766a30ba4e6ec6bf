import type { RunSummary } from '../../../shared/contract.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { type Rows, validatedOf } from '../../../shared/telemetry.ts'
import { memoryHorizon } from '../../engine/quantities.ts'
import { isDue } from '../../engine/rhythm.ts'
import { type Column, floatColumn, integerColumn } from './column.ts'

/** One reply carries at most so many rows; whoever follows asks again. */
const historyLimit = 20_000
const flowLimit = 1_000

type Latest = Pick<RunSummary, 'loss' | 'metric' | 'validationLoss' | 'validationMetric' | 'horizon'>

/** The rows up to and including `step`. */
export function rowsUpTo({ history, flow }: Rows, step: number): Rows {
  const count = history.step.findIndex((each) => each > step)
  const flowCount = flow.step.findIndex((each) => each > step)
  const kept = count < 0 ? history.step.length : count
  const flowKept = flowCount < 0 ? flow.step.length : flowCount
  const table = ({ shape, data }: Floats): Floats => {
    const time = shape[1] as number
    return ndarray([flowKept, time], data.slice(0, flowKept * time))
  }
  return {
    history: {
      step: history.step.slice(0, kept),
      loss: history.loss.slice(0, kept),
      metric: history.metric.slice(0, kept),
      validationLoss: history.validationLoss.slice(0, kept),
      validationMetric: history.validationMetric.slice(0, kept),
      validated: validatedOf(history).slice(0, kept),
    },
    flow: {
      step: flow.step.slice(0, flowKept),
      hidden: table(flow.hidden),
      ...(flow.cell && { cell: table(flow.cell) }),
    },
  }
}

/**
 * The rows as a run of `steps` updates reports them that nobody ever stopped: where one was stopped, its
 * last update measured more than was due.
 */
export function dueRows({ history, flow }: Rows, steps: number): Rows {
  const due = (row: number) => isDue('validation', history.step[row] as number, steps)
  const measured = (values: Float32Array) => values.map((value, row) => (due(row) ? value : Number.NaN))
  const kept = [...flow.step.keys()].filter((row) => isDue('flow', flow.step[row] as number, steps))
  const table = ({ shape, data }: Floats): Floats => {
    const time = shape[1] as number
    const rows = new Float32Array(kept.length * time)
    for (const [to, from] of kept.entries()) rows.set(data.subarray(from * time, (from + 1) * time), to * time)
    return ndarray([kept.length, time], rows)
  }
  return {
    history: {
      ...history,
      validationLoss: measured(history.validationLoss),
      validationMetric: measured(history.validationMetric),
      validated: validatedOf(history).map((isMeasured, row) => (due(row) ? isMeasured : 0)),
    },
    flow: {
      step: Int32Array.from(kept, (row) => flow.step[row] as number),
      hidden: table(flow.hidden),
      ...(flow.cell && { cell: table(flow.cell) }),
    },
  }
}

/** Everything one run reported, in the order of its steps. Rows are only added, or taken back from the end. */
export class RunLog {
  readonly #time: number
  readonly #history = {
    step: integerColumn(),
    loss: floatColumn(),
    metric: floatColumn(),
    validationLoss: floatColumn(),
    validationMetric: floatColumn(),
    validated: integerColumn(),
  }
  readonly #flowStep = integerColumn()
  readonly #hidden = floatColumn()
  readonly #cell = floatColumn()
  readonly #hasCell: boolean

  /** `time`: entries of a flow row. */
  constructor(time: number, hasCell: boolean) {
    this.#time = time
    this.#hasCell = hasCell
  }

  get historyRows(): number {
    return this.#history.step.length
  }

  get flowRows(): number {
    return this.#flowStep.length
  }

  append({ history, flow }: Rows): void {
    const columns = { ...history, validated: validatedOf(history) }
    for (const name of Object.keys(columns) as (keyof typeof columns)[]) this.#history[name].append(columns[name])
    this.#flowStep.append(flow.step)
    this.#hidden.append(flow.hidden.data)
    if (this.#hasCell && flow.cell) this.#cell.append(flow.cell.data)
  }

  /** The rows from two positions on, at most `limit` of them where a limit is set. */
  rows(historyFrom = 0, flowFrom = 0, limited = false): Rows {
    const historyEnd = limited ? historyFrom + historyLimit : this.historyRows
    const flowEnd = Math.min(limited ? flowFrom + flowLimit : this.flowRows, this.flowRows)
    const from = Math.min(flowFrom, flowEnd)
    const shape = [flowEnd - from, this.#time]
    const { step, loss, metric, validationLoss, validationMetric, validated } = this.#history
    const table = (column: Column<Float32Array<ArrayBuffer>>) =>
      ndarray(shape, column.slice(from * this.#time, flowEnd * this.#time))
    return {
      history: {
        step: step.slice(historyFrom, historyEnd),
        loss: loss.slice(historyFrom, historyEnd),
        metric: metric.slice(historyFrom, historyEnd),
        validationLoss: validationLoss.slice(historyFrom, historyEnd),
        validationMetric: validationMetric.slice(historyFrom, historyEnd),
        validated: validated.slice(historyFrom, historyEnd),
      },
      flow: {
        step: this.#flowStep.slice(from, flowEnd),
        hidden: table(this.#hidden),
        ...(this.#hasCell && { cell: table(this.#cell) }),
      },
    }
  }

  /** Takes back every row after `step`. Returns whether there were any. */
  truncate(step: number): boolean {
    const rows = this.#history.step.countUpTo(step)
    const flows = this.#flowStep.countUpTo(step)
    if (rows === this.historyRows && flows === this.flowRows) return false
    for (const column of Object.values(this.#history)) column.truncate(rows)
    this.#flowStep.truncate(flows)
    this.#hidden.truncate(flows * this.#time)
    this.#cell.truncate(flows * this.#time)
    return true
  }

  /** The latest values; the horizon of the last flow row, by `horizonThreshold` where it is set. */
  latest(horizonThreshold?: number): Latest {
    const { loss, metric, validationLoss, validationMetric, validated } = this.#history
    const lastValidated = validated.lastIndexOf(1)
    const carried = this.#hasCell ? this.#cell : this.#hidden
    return {
      loss: loss.at(loss.length - 1),
      metric: metric.at(metric.length - 1),
      validationLoss: validationLoss.at(lastValidated),
      validationMetric: validationMetric.at(lastValidated),
      horizon: memoryHorizon(carried.slice(Math.max(0, carried.length - this.#time)), horizonThreshold),
    }
  }
}
