import type { CellPath } from '../cells/cell.ts'
import type { Address } from './kernels.ts'

/**
 * A layer as it lies in the kernels' memory: plain numbers, so that every thread can be told. Rows are those of
 * Steps; arrays of units have as many rows in front as there are examples, for the state before the first step.
 */
export interface ForwardPlan {
  /** Of `FusedCell`. */
  readonly cell: string
  /** As kernels/rnn.ts counts them; of the plain RNN. */
  readonly activation: number
  /** H, filled up to whole vectors. */
  readonly units: number
  /** Blocks of rows in the weights. */
  readonly blocks: number
  /** D. */
  readonly width: number
  readonly batch: number
  /** First row of each step, and at the end the number of all rows. */
  readonly starts: Int32Array
  /** x of every row, [rows, D]. */
  readonly inputs: Address
  /** The gates, first their arguments, [rows, blocks * units]. */
  readonly gates: Address
  /** `hidden` and what the cell keeps, by name. */
  readonly arrays: Readonly<Record<string, Address>>
  readonly parameters: Readonly<Record<string, Address>>
  /** W_ih^T, and W_hh^T by part, packed as right factors. */
  readonly projection: Address
  readonly recurrent: readonly Address[]
  /** A row of zeros as long as all blocks. */
  readonly zeros: Address
}

/** The way back through a layer that was run forward. Names are those of the forward pass. */
export interface BackwardPlan {
  readonly forward: ForwardPlan
  /** dL/d(arguments of the gates), [rows, blocks * units]. */
  readonly gates: Address
  readonly arrays: Readonly<Record<string, Address>>
  /** Squared norms of dL/dh and dL/dc of every row, float64, [rows] each; none where nobody asked. */
  readonly norms: Readonly<Partial<Record<'hidden' | 'cell', Address>>>
  /** Terms of dL/dc; empty where nobody asked. */
  readonly paths: Readonly<Partial<Record<CellPath, Address>>>
  /** Empty where nobody asked. */
  readonly parameters: Readonly<Record<string, Address>>
  /** W_ih, and W_hh by part, packed as right factors. */
  readonly projection: Address
  readonly recurrent: readonly Address[]
  /** h_{t-1} of every row. */
  readonly before: Address
  /** dL/dx of every row, [rows, D]; 0 where nobody asked. */
  readonly inputs: Address
  /** Room for the right factor of each lane. */
  readonly rooms: readonly Address[]
}

export type Plan =
  | { readonly kind: 'forward'; readonly plan: ForwardPlan }
  | { readonly kind: 'backward'; readonly plan: BackwardPlan }

/** Rows that a product over all steps takes at a time; as deep as a block in kernels/pack.ts. */
export const rowsAtOnce = 256

/** Floats of a right factor when it is packed. */
export const packedSize = (columns: number, depth: number): number => Math.ceil(columns / 8) * 8 * depth

export const timeOf = ({ starts }: ForwardPlan): number => starts.length - 1
export const totalOf = ({ starts }: ForwardPlan): number => starts.at(-1) as number
