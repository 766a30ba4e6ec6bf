import type { BackwardPass } from './backward-pass.ts'
import type { ForwardPass } from './forward-pass.ts'
import type { Address } from './kernels.ts'
import type { ForwardPlan } from './plan.ts'

/** Row blocks of weight_hh that act together, as one product a step. */
export interface RecurrentPart {
  /** The blocks `from` to `to` - 1 of `Cell.rows`. */
  readonly from: number
  readonly to: number
  /** The array of the same step that they act on; else h of the step before. */
  readonly reads?: string
  /** Where what one block gives, with its bias, is kept apart; else it is added to the gates' arguments. */
  readonly into?: string
}

/** A weight [H] by which an array acts on a block of gates, unit by unit. */
export interface Diagonal {
  readonly name: string
  readonly block: number
  readonly sees: string
  /** Steps before the gate's own. */
  readonly back: 0 | 1
}

/**
 * A cell as the kernels run it: which arrays a step keeps and in which order its products and its fused
 * passes follow each other. The equations, and the derivation of the way back, stand with the kernel.
 */
export interface FusedCell {
  /** Of `Cell`. */
  readonly id: string
  readonly parts: readonly RecurrentPart[]
  /** Arrays [rows, H] that the forward pass keeps, beside the gates and h. */
  readonly keeps: readonly string[]
  /** They lie one after the other, in this order. */
  readonly diagonals?: readonly Diagonal[]
  forward(pass: ForwardPass, t: number): void
  backward(pass: BackwardPass, t: number): void
  /** Gates of the trace that are no block of rows: made from one that is. */
  readonly derivedGates?: Readonly<Record<string, { readonly from: string; of(value: number): number }>>
}

/** Where step `t` begins in an array of units; -1 is the state before the first step. */
export function stateAt({ batch, starts, units }: ForwardPlan, array: Address, t: number): Address {
  return t < 0 ? array : array + (batch + (starts[t] as number)) * units * 4
}
