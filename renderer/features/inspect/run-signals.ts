import type { Example, Experiment, RunSummary } from '../../../shared/contract.ts'
import type { Trace } from '../../../shared/model.ts'
import { gatesOf, normsOf, type Signal, signal, signalOf } from './signals.ts'

/** The signals of one run on the chosen example, by their names in the trace: `hidden`, `gates.forget`. */
export interface RunSignals {
  readonly run: RunSummary
  readonly index: number
  readonly answer: number
  /** At every step, [T, C] or [T, K]; of no batch. */
  readonly answers: Example['runs'][number]['answers'] | undefined
  readonly step: number
  /** Gates as the trace names them: `forget`, `reset`. */
  readonly gates: readonly string[]
  readonly hasCell: boolean
  /** Units of the top layer. */
  readonly units: number
  readonly layers: number
  /** W_hh of the top layer [G*H, H], where the lab sent it. */
  readonly recurrent?: Example['runs'][number]['recurrent']
  readonly activation: string
  readonly trace: Trace
  /** Of one run minus another: its signals alone are differences. */
  readonly isDifference?: boolean
  readonly signal: (name: string) => Signal | undefined
  /** Of the top layer: [1, T], [T] or a scalar in the trace, by its last name. */
  readonly values: (name: string) => Float32Array | undefined
}

type Source = Omit<RunSignals, 'gates' | 'hasCell' | 'units' | 'signal' | 'values'>

/** The top layer's signals of a trace. */
export function signalsOf(source: Source): RunSignals {
  const { trace, layers } = source
  const read = (name: string) => signalOf(trace, layers, name)
  return {
    ...source,
    gates: gatesOf(trace, layers),
    hasCell: read('cell') !== undefined,
    units: read('hidden')?.units ?? 0,
    signal: read,
    values: (name) => trace[`layers.${layers - 1}.${name}`]?.data,
  }
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
    return [signalsOf({ run, index, layers, activation, ...traced })]
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
    isDifference: true,
    signal: (name) => {
      if (!made.has(name)) made.set(name, difference(name))
      return made.get(name)
    },
  }
}

/** How far a run's state is from another's at every step: the norm over units of their difference, of c where there is one. */
export function distanceOf(run: RunSignals, from: RunSignals): Float32Array {
  const difference = differenceOf(run, from)
  const state = difference.signal('cell') ?? difference.signal('hidden')
  return state ? normsOf(state) : new Float32Array(0)
}

/** The unit whose state another run of the same example moves most, summed over time; of c where there is one. */
export function mostChanged(changed: Pick<RunSignals, 'signal'>, original: Pick<RunSignals, 'signal'>): number {
  const name = changed.signal('cell') ? 'cell' : 'hidden'
  const [after, before] = [changed.signal(name), original.signal(name)]
  if (!after || !before) return 0
  const steps = Math.min(after.steps, before.steps)
  const moved = Array.from({ length: after.units }, (_, unit) => {
    let sum = 0
    for (let t = 0; t < steps; t += 1) sum += (after.at(t, unit) - before.at(t, unit)) ** 2
    return sum
  })
  return moved.reduce((best, size, unit) => (size > (moved[best] as number) ? unit : best), 0)
}
