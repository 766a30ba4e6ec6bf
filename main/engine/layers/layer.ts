import type { ModelConfig } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import type { Activation, Cell, CellPath, Matrix, NamedValue } from '../cells/cell.ts'

/** One recurrent layer: its equations and its numbers. */
export interface Layer {
  readonly cell: Cell
  /** Of the plain RNN. */
  readonly activation?: Activation
  /** H. */
  readonly units: number
  /**
   * By short name: weight_ih [G*H, D], weight_hh [G*H, H], bias_ih [G*H], bias_hh [G*H] and the cell's
   * peepholes [H]. With weights of its own for each step every one has a time axis in front.
   */
  readonly parameters: Readonly<Record<string, Floats>>
  /** What a person fixed in it: then it is `generic` that runs it, also where nothing is fixed at any step. */
  readonly change?: Change
}

/**
 * What stands for a named value at a time step. `before`: the value of the step before, as this step reads
 * it; `row`: a constant [1, H].
 */
export type Change = <M extends Matrix<M>>(
  time: number,
  name: StateName | NamedValue,
  value: M,
  before: M | undefined,
  row: (values: Float64Array) => M,
) => M

/** States of a layer by their trace names. */
export type StateName = 'hidden' | 'cell'

/** What a layer reads. Time comes first, as in cuDNN and TensorFlow's recurrent kernels. */
export interface Sequence {
  /** [T, B, D]; padded steps hold 0. */
  readonly inputs: Floats
  /** Real steps of each example, [B], 1 to T. */
  readonly lengths: readonly number[]
}

/**
 * A layer that was run over a sequence from a zero state. Arrays are [T, B, H] and hold 0 at padded
 * steps, whatever the layer computes there.
 */
export interface LayerPass {
  readonly hidden: Floats
  /** c of every step, of cells that have one; only if `states` was asked for. */
  readonly cell?: Floats
  /** By trace name; only if `states` was asked for. */
  readonly gates: Readonly<Record<string, Floats>>
  /**
   * Backward from dL/dh_t as it comes from outside the layer, [T, B, H] and 0 at padded steps. May be
   * called more than once.
   */
  backward(gradient: Floats, detail: BackwardDetail, read?: ReadGradients): LayerGradients
  /** Gives back what the engine holds for it; the arrays stay readable. */
  release(): void
}

/**
 * What a backward pass reports beside the gradients of inputs and parameters: each costs a little more. `norms` are
 * those of the states' gradients, and where an engine has no shorter way to them, these gradients themselves.
 */
export type BackwardDetail = 'parameters' | 'norms' | 'states' | 'paths'

/** What may be left out of a backward pass, since nobody reads it; left out here: everything is read. */
export interface ReadGradients {
  /** dL/dx_t, which training does not read under the lowest layer. */
  readonly inputs?: boolean
  /** Those of the parameters, which training alone reads. */
  readonly parameters?: boolean
}

export interface LayerGradients {
  /** dL/dx_t [T, B, D], unless nobody asked. */
  readonly inputs?: Floats
  /** Named and shaped like the layer's; none where nobody asked. */
  readonly parameters: Readonly<Record<string, Floats>>
  /** dL/dh_t in total, [T, B, H]; for `states` and `paths`. */
  readonly hidden?: Floats
  /** dL/dc_t in total, likewise, of cells that have a c. */
  readonly cell?: Floats
  /** Squared norms over the units of both, [T, B] and 0 at padded steps, accumulated in float64; for `norms`. */
  readonly norms?: StateNorms
  /** Terms of dL/dc_t, for `paths`: entry t is what c_t receives by this way. */
  readonly paths?: Readonly<Partial<Record<CellPath, Floats>>>
}

/** Of the gradient of every example's state at every step. */
export interface StateNorms {
  readonly hidden: Float64Array
  readonly cell?: Float64Array
}

/**
 * What an engine computes: "run this layer over a sequence, forward and backward, with its trace", and
 * the product of the head. Everything else (embedding, losses, clipping, optimisers, quantities) is
 * plain code that knows no engine. `generic` is the truth; whatever is faster is tested against it.
 */
export interface Compute {
  layer(layer: Layer, sequence: Sequence, options: { readonly states: boolean }): LayerPass
  /** A B for float32 matrices, either of them transposed first. */
  product(a: Floats, b: Floats, transposeA: boolean, transposeB: boolean): Floats
  /** Bytes of its memory that a training step takes, where it can tell beforehand. */
  bytesNeeded?(config: ModelConfig, time: number, batch: number): number | undefined
  /**
   * Threads that it computes on, where that many can as well be divided: bits are the same on any number of them, and
   * other threads of this process can have such an engine too.
   */
  readonly threads?: number
  /** Floating-point operations a second that its threads reach in a product at its best, measured, where it can tell. */
  ceiling?(): number
  /** What it holds between two calls, in a unit of its own: grows when something is left behind. */
  held(): number
}

/** The layer's numbers at time step `t`: the same for all steps unless each has weights of its own. */
export function parametersAt({ parameters }: Layer, t: number): Readonly<Record<string, Floats>> {
  if (parameters.weight_hh?.shape.length !== 3) return parameters
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => {
      const own = shape.slice(1)
      const size = data.length / (shape[0] as number)
      return [name, { shape: own, data: data.subarray(t * size, (t + 1) * size) }]
    }),
  )
}
