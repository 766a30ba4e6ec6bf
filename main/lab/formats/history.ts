import type { Floats, Integers } from '../../../shared/ndarray.ts'
import { type FlowRows, type HistoryRows, validatedOf } from '../../../shared/telemetry.ts'
import { numberName } from './numbers.ts'

/**
 * history.csv: a row for every step; fields that were not measured are empty, measured ones that are no
 * finite number are `nan`, `inf` or `-inf`.
 */
export function historyCsv(rows: HistoryRows): string {
  const lines = ['step,loss,metric,validation_loss,validation_metric']
  const validated = validatedOf(rows)
  for (const [index, step] of rows.step.entries()) {
    const written = (column: Float32Array) => numberName(column[index] as number)
    const validation = [rows.validationLoss, rows.validationMetric].map(validated[index] ? written : () => '')
    lines.push([step, written(rows.loss), written(rows.metric), ...validation].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The arrays of flow.npz: `step` [N], `hidden` [N, T] and, where the cell has a c, `cell` [N, T]. */
export function flowArrays(rows: FlowRows): Record<string, Floats | Integers> {
  const step = { shape: [rows.step.length], data: rows.step }
  return { step, hidden: rows.hidden, ...(rows.cell && { cell: rows.cell }) }
}
