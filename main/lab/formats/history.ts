import type { Floats, Integers } from '../../../shared/ndarray.ts'
import type { FlowRows, HistoryRows } from '../../../shared/telemetry.ts'

const measured = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? '' : String(value))

/** history.csv: a row for every step; fields that were not measured are empty. */
export function historyCsv(rows: HistoryRows): string {
  const lines = ['step,loss,metric,validation_loss,validation_metric']
  for (const [index, step] of rows.step.entries()) {
    const columns = [rows.loss, rows.metric, rows.validationLoss, rows.validationMetric]
    lines.push([step, ...columns.map((column) => measured(column[index]))].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The arrays of flow.npz: `step` [N], `hidden` [N, T] and, where the cell has a c, `cell` [N, T]. */
export function flowArrays(rows: FlowRows): Record<string, Floats | Integers> {
  const step = { shape: [rows.step.length], data: rows.step }
  return { step, hidden: rows.hidden, ...(rows.cell && { cell: rows.cell }) }
}
