import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs'
import type { CellInfo } from '../../../shared/contract.ts'
import type { ModelConfig } from '../../../shared/model.ts'

/** What a cell carries from one time step to the next, each [B, H]. */
export interface State {
  readonly h: Tensor2D
  readonly c?: Tensor2D
}

/** A layer's recurrent weights, as a step needs them. */
export interface Recurrent {
  /** W_hh transposed, [H, G*H]: rows times matrix is the fast orientation. */
  readonly weight: Tensor2D
  /** b_hh [G*H]. */
  readonly bias: Tensor1D
}

/**
 * Marks a value, so that the gradient which returns to it can be read: `cell` is c_t itself and so the
 * total of its paths, the others are one path each. Returns its argument; free where nobody listens.
 */
export type Tap = (name: 'cell' | 'cell.direct' | 'cell.through_hidden', value: Tensor2D) => Tensor2D

export interface Step {
  readonly state: State
  /** Gate activations by their trace name (input, forget, candidate, output), each [B, H]. */
  readonly gates: Readonly<Record<string, Tensor2D>>
}

/**
 * A recurrent cell: a pure function from the input's drive and the previous state to the next state.
 * Cells use tensor methods only and import no tensor library, so that the rest of the lab can read
 * the catalogue without loading one.
 */
export interface Cell extends CellInfo {
  /** Row blocks of H in weight_ih, weight_hh and the biases. */
  readonly blocks: number
  /** `drive` is W_ih x_t + b_ih [B, G*H]: all time steps are projected in one product beforehand. */
  step(drive: Tensor2D, state: State, recurrent: Recurrent, tap: Tap, activation: ModelConfig['activation']): Step
}
