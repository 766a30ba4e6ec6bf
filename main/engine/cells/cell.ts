import type { CellInfo } from '../../../shared/contract.ts'
import type { ModelConfig } from '../../../shared/model.ts'

/**
 * What a step computes with: rows and columns, where one row or a number stands for as many rows as
 * the other side has. TensorFlow.js' tensors are such matrices, and so are the float64 ones of
 * checks/matrix64.ts and of slopes.ts: cells import no tensor library and run on each.
 */
export interface Matrix<M> {
  add(other: M | number): M
  mul(other: M | number): M
  matMul(other: M): M
  sigmoid(): M
  tanh(): M
  relu(): M
  /** Equal parts side by side. */
  split(parts: number, axis: 1): M[]
}

/** What a cell carries from one time step to the next, each [B, H]. */
export interface State<M> {
  readonly h: M
  readonly c?: M
}

/** A layer's recurrent weights, as a step needs them. */
export interface Recurrent<M> {
  /** W_hh transposed, [H, G*H]: rows times matrix is the fast orientation. */
  readonly weight: M
  /** b_hh [1, G*H]. */
  readonly bias: M
  /** By the names of `Cell.peepholes`, [1, H] each. */
  readonly peepholes: Readonly<Record<string, M>>
}

/** Ways by which the gradient of c_t comes back, each a real term of the backward pass. */
export const cellPaths = ['direct', 'through_hidden', 'through_peepholes'] as const
export type CellPath = (typeof cellPaths)[number]

/** What a cell names: c_t, what it adds up from, and every gate by its trace name. */
export type NamedValue = 'cell' | `cell.${CellPath}` | `gates.${string}`

/**
 * Names a value on its way, so that the gradient which returns to it can be read and a person can fix it:
 * `cell` is c_t itself and so the total of its paths, the others of it are one path each. What comes back
 * stands for the argument; where nobody listens or fixes anything it is the argument.
 */
export type Tap<M> = (name: NamedValue, value: M) => M

export interface Step<M> {
  readonly state: State<M>
  /** Gate activations by their trace name (input, forget, candidate, output), each [B, H]. */
  readonly gates: Readonly<Record<string, M>>
}

export type Activation = NonNullable<ModelConfig['activation']>

/** A recurrent cell: a pure function from the input's drive and the previous state to the next state. */
export interface Cell extends CellInfo {
  /** Gates in the order of their row blocks of H in weight_ih, weight_hh and the biases; `''` for a lone block. */
  readonly rows: readonly string[]
  /** Diagonal weights [H] beside the usual four parameters, e.g. `weight_ci`. */
  readonly peepholes?: readonly string[]
  /** Of the paths back to c_t, those that this cell has. */
  readonly paths: readonly CellPath[]
  /** `drive` is W_ih x_t + b_ih [B, G*H]: all time steps are projected in one product beforehand. */
  step<M extends Matrix<M>>(
    drive: M,
    state: State<M>,
    recurrent: Recurrent<M>,
    tap: Tap<M>,
    activation?: Activation,
  ): Step<M>
}

/** The blocks of a row as a tuple, so that a cell can name them. */
export function blocks<M extends Matrix<M>, N extends 2 | 3 | 4>(matrix: M, count: N): Blocks<M>[N] {
  return matrix.split(count, 1) as Blocks<M>[N]
}

interface Blocks<M> {
  2: [M, M]
  3: [M, M, M]
  4: [M, M, M, M]
}

/** c of a state that must have one. */
export function cellStateOf<M>({ c }: State<M>): M {
  if (c === undefined) throw new TypeError('a step of this cell needs the cell state c')
  return c
}
