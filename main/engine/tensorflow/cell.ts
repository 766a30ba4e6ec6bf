import type { Floats } from '../../../shared/ndarray.ts'
import type { CellPath } from '../cells/cell.ts'
import type { BackwardDetail, Layer } from '../layers/layer.ts'
import type { Handle } from './binding.ts'
import type { Room } from './room.ts'

/** Sizes and inputs of a layer's pass. Padded steps are computed as well, with inputs of 0. */
export interface Problem {
  readonly layer: Layer
  readonly time: number
  readonly batch: number
  readonly width: number
  readonly units: number
  /** [T*B, D]. */
  readonly inputs: Handle
  /** Handles of the integers 0 and 1, which name axes. */
  readonly axes: readonly [Handle, Handle]
  /** Whether c and the gates will be read. */
  readonly states: boolean
}

/** What a cell's forward pass leaves: every array holds T*B*H values, time first. */
export interface Forward {
  readonly hidden: Handle
  readonly cell?: Handle
  /** By trace name, in the order of `Cell.gates`; only if `states` was asked for. */
  readonly gates: Readonly<Record<string, Handle>>
  /** Back from dL/dh_t as it comes from outside, one [B, H] a step, undefined where it is 0. */
  backward(room: Room, arriving: readonly (Handle | undefined)[], detail: BackwardDetail): Backward
}

export interface Backward {
  /** dL/dx, [T*B, D]. */
  readonly inputs: Handle
  readonly parameters: Readonly<Record<string, Floats>>
  readonly hidden?: Handle
  readonly cell?: Handle
  readonly paths?: Readonly<Partial<Record<CellPath, Handle>>>
}

/** A cell in TensorFlow's own operations, the gradient of each step in as few of them as there are. */
export interface NativeCell {
  /** Of `Cell`. */
  readonly id: string
  /**
   * Whether h stays finite where padding goes on with it. What does not would turn the gradient 0 of a padded
   * step into NaN.
   */
  isBounded(layer: Layer): boolean
  forward(room: Room, problem: Problem): Forward
}

export function parameter({ parameters }: Layer, name: string): Floats {
  const array = parameters[name]
  if (!array) throw new RangeError(`a layer needs ${name}`)
  return array
}

/** The sum of two biases. */
export function sumOf(a: Floats, b: Floats): Floats {
  return { shape: a.shape, data: a.data.map((value, k) => value + (b.data[k] as number)) }
}

/** dL/dh_t in total: what arrives from outside and what the next step hands back; a new tensor or one of the two. */
export function totalOf(room: Room, arriving: Handle | undefined, handed: Handle | undefined, zero: Handle): Handle {
  if (arriving !== undefined && handed !== undefined) return room.add(arriving, handed)
  return arriving ?? handed ?? zero
}

/** h_{t-1} of every step, [T*B, H]. */
export function beforeOf(room: Room, { axes }: Problem, steps: readonly Handle[], zero: Handle): Handle {
  return room.concat([zero, ...steps.slice(0, -1)], axes[0])
}
