import type { Parameters } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'

/** What optimisers can be set to: fields of `training` in RUN.json. */
export interface Settings {
  readonly momentum: number
  readonly nesterov: boolean
  readonly alpha: number
  readonly beta1: number
  readonly beta2: number
  readonly eps: number
  readonly weightDecay: number
}

/**
 * An optimiser: parameters, gradients and its own state to the next of each, what it is given left as it
 * is. `step` counts updates from 1. Arithmetic is float64, storage float32, and between two updates
 * nothing is kept but `state`, so that a stored run goes on bit for bit. One file beside this, one line
 * in registry.ts.
 */
export interface Optimizer<Name extends keyof Settings = never> {
  readonly id: string
  /** The settings it reads, with PyTorch's defaults. */
  readonly defaults: Pick<Settings, Name>
  update(
    parameters: Parameters,
    gradients: Parameters,
    state: Parameters,
    step: number,
    learningRate: number,
    settings: Pick<Settings, Name>,
  ): Update
}

export interface Update {
  readonly parameters: Parameters
  readonly state: Parameters
}

/** One parameter in one update; arrays of equal length. */
export interface Change {
  /** The parameter before the update. */
  readonly from: Float32Array
  readonly gradient: Float32Array
  /** The parameter after it, to be written. */
  readonly to: Float32Array
  /** The optimiser's arrays for this parameter in the order of its slots, to be updated in place. */
  readonly slots: readonly Float32Array[]
}

/**
 * Changes every parameter by `change`. State arrays are named `SLOT.PARAMETER` and start at 0. One loop
 * over plain arrays: at teaching sizes a tensor op costs more than the update itself.
 */
export function updateEach(
  parameters: Parameters,
  gradients: Parameters,
  state: Parameters,
  slots: readonly string[],
  change: (parameter: Change) => void,
): Update {
  const next: Record<string, Floats> = {}
  const nextState: Record<string, Floats> = {}
  for (const [name, { shape, data }] of Object.entries(parameters)) {
    const to = new Float32Array(data.length)
    const own = slots.map((slot) => {
      const copy = Float32Array.from(state[`${slot}.${name}`]?.data ?? new Float32Array(data.length))
      nextState[`${slot}.${name}`] = ndarray(shape, copy)
      return copy
    })
    change({ from: data, gradient: (gradients[name] as Floats).data, to, slots: own })
    next[name] = ndarray(shape, to)
  }
  return { parameters: next, state: nextState }
}
