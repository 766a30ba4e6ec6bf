import type { Example, Experiment, RunSummary } from '../../../shared/contract.ts'
import type { Trace } from '../../../shared/model.ts'
import { gatesOf, normsOf, once, perUnit, type Signal, signal, signalOf } from './signals.ts'

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

/** One signal minus another over the steps that both have. */
const differenceFrom = once((a: Signal) => once((b: Signal) => subtract(a, b)))

function subtract(a: Signal, b: Signal): Signal {
  const data = new Float32Array(Math.min(a.data.length, b.data.length))
  for (let k = 0; k < data.length; k += 1) data[k] = (a.data[k] as number) - (b.data[k] as number)
  return signal(Math.min(a.steps, b.steps), a.units, data)
}

/** A run's signals minus another's, by name; as they are where their shapes differ. */
export function differenceOf(run: RunSignals, from: RunSignals): RunSignals {
  return {
    ...run,
    isDifference: true,
    signal: (name) => {
      const [a, b] = [run.signal(name), from.signal(name)]
      return !a || !b || a.data.length !== b.data.length ? a : differenceFrom(a)(b)
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
  const moved = perUnit(differenceFrom(after)(before), (value) => value * value)
  return moved.reduce((best, size, unit) => (size > (moved[best] as number) ? unit : best), 0)
}
