import { largestOf } from '../../viz/aggregate.ts'
import { gradientScale, type LogScale } from '../../viz/scale.ts'
import type { RunSignals } from './run-signals.ts'

/** How strongly every run's answer leans on each input, and the one scale of all of them. */
export interface Sensitivities {
  readonly rows: readonly { readonly entry: RunSignals; readonly values: Float32Array }[]
  readonly scale: LogScale
}

export function sensitivitiesOf(runs: readonly RunSignals[]): Sensitivities {
  const rows = runs.flatMap((entry) => {
    const values = entry.trace.sensitivity?.data
    return values ? [{ entry, values }] : []
  })
  return { rows, scale: gradientScale(Math.max(0, ...rows.map(({ values }) => largestOf(values)))) }
}
