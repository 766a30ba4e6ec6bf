import type { Experiment, RunSummary } from '../../../shared/contract.ts'
import type { BatchView } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { type RunSignals, signalsOf } from './run-signals.ts'

/** Time steps at the beginning that no example of the batch has: their means are NaN. */
function missing(values: Float32Array, width: number, steps: number): number {
  let t = 0
  while (t < steps && Number.isNaN(values[t * width])) t += 1
  return t
}

/**
 * A batch view as signals, like an example's: means over examples, aligned at each example's own last step.
 * Steps that no example has are left out.
 */
export function batchSignals(
  runs: readonly RunSummary[],
  { cells }: Experiment['spec'],
  view: BatchView,
): readonly RunSignals[] {
  return runs.flatMap((run, index) => {
    const seen = view.runs[index]
    if (!seen) return []
    const { layers = 1, activation = 'tanh' } = cells[index] ?? {}
    const hidden = seen.arrays[`layers.${layers - 1}.hidden`]
    const [steps = 0, units = 0] = hidden?.shape ?? []
    const first = hidden ? missing(hidden.data, units, steps) : 0
    const trace = Object.fromEntries(
      Object.entries(seen.arrays).map(([name, array]) => {
        const [length, width = 1] = array.shape
        const overTime = length === steps && !/\.(histogram|saturation|unit|lyapunov)/.test(name)
        if (!overTime) return [name, array]
        const data = array.data.subarray(first * width)
        return [name, ndarray(array.shape.length === 2 ? [1, steps - first, width] : [steps - first], data)]
      }),
    )
    return [
      signalsOf({ run, index, layers, activation, trace, answer: Number.NaN, answers: undefined, step: seen.step }),
    ]
  })
}
