import type { CheckReport, EngineInfo, LabInfo } from '../../../shared/contract.ts'

/** Whether every figure of a report is within its limit; NaN never is. */
export function holds({ rows }: CheckReport): boolean {
  return rows.every(({ figure, limit }) => figure <= limit)
}

/** Two digits, and 0 as 0. */
export function writeFigure(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) >= 0.01 && Math.abs(value) < 1000 ? value.toPrecision(2) : value.toExponential(1)
}

/** The report as lines to paste: which lab, which engine, when, and every figure beside its limit. */
export function asText(
  reports: readonly CheckReport[],
  info: LabInfo | null,
  engines: readonly EngineInfo[],
  now = new Date(),
): string {
  const engine = engines.find(({ id }) => id === reports[0]?.engine)
  const head = [
    `Unroll ${info?.version ?? ''}, engine ${engine?.id ?? reports[0]?.engine ?? ''}`,
    ...(engine ? [`(${engine.description}, ${engine.version})`] : []),
    now.toISOString(),
  ].join(' ')
  const lines = reports.flatMap(({ id, rows }) =>
    rows.map(({ of, figure, limit }) => `${id}\t${of}\t${figure}\t${limit}\t${figure <= limit ? 'ok' : 'over'}`),
  )
  return [head, 'check\tof\tfigure\tlimit\tresult', ...lines].join('\n')
}
