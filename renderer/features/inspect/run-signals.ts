import type { Example, Experiment, RunSummary } from '../../../shared/contract.ts'
import type { Trace } from '../../../shared/model.ts'
import { gatesOf, type Signal, signal, signalOf } from './signals.ts'

/** The signals of one run on the chosen example, by their names in the trace: `hidden`, `gates.forget`. */
export interface RunSignals {
  readonly run: RunSummary
  readonly index: number
  readonly answer: number
  readonly step: number
  /** Gates as the trace names them: `forget`, `reset`. */
  readonly gates: readonly string[]
  readonly hasCell: boolean
  /** Units of the top layer. */
  readonly units: number
  readonly layers: number
  /** W_hh of the top layer [G*H, H], where the lab sent it. */
  readonly recurrent: Example['runs'][number]['recurrent']
  readonly activation: string
  readonly trace: Trace
  readonly signal: (name: string) => Signal | undefined
  /** Of the top layer: [1, T] or a scalar in the trace, by its last name. */
  readonly values: (name: string) => Float32Array | undefined
}

export function runSignals(
  runs: readonly RunSummary[],
  { cells }: Experiment['spec'],
  example: Example,
): readonly RunSignals[] {
  return runs.flatMap((run, index) => {
    const traced = example.runs[index]
    if (!traced) return []
    const { layers = 1, activation = 'tanh' } = cells[index] ?? {}
    const { answer, step, recurrent, trace } = traced
    const read = (name: string) => signalOf(trace, layers, name)
    const values = (name: string) => trace[`layers.${layers - 1}.${name}`]?.data
    const gates = gatesOf(trace, layers)
    const units = read('hidden')?.units ?? 0
    const hasCell = read('cell') !== undefined
    return [
      { run, index, answer, step, gates, hasCell, units, layers, recurrent, activation, trace, signal: read, values },
    ]
  })
}

/** A run's signals minus another's, by name; as they are where their shapes differ. */
export function differenceOf(run: RunSignals, from: RunSignals): RunSignals {
  const made = new Map<string, Signal | undefined>()
  const difference = (name: string): Signal | undefined => {
    const [a, b] = [run.signal(name), from.signal(name)]
    if (!a || !b || a.data.length !== b.data.length) return a
    return signal(
      a.steps,
      a.units,
      a.data.map((value, k) => value - (b.data[k] as number)),
    )
  }
  return {
    ...run,
    signal: (name) => {
      if (!made.has(name)) made.set(name, difference(name))
      return made.get(name)
    },
  }
}
