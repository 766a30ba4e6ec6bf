import type { Floats, Integers } from './ndarray.ts'

/** model.json of a model folder (format unroll-model/1). Sizes count units; names are PyTorch's. */
export interface ModelConfig {
  readonly cell: string
  readonly activation?: 'tanh' | 'relu' | 'sigmoid' | 'identity'
  readonly inputSize: number
  readonly hiddenSize: number
  readonly layers: number
  readonly outputSize: number
  readonly embedding?: { readonly vocab: number; readonly size: number }
  readonly head: 'last' | 'every-step'
  readonly loss: 'mse' | 'cross-entropy' | 'bce'
  readonly vocabulary?: readonly string[]
  readonly normalization?: { readonly inputs?: MeanStd; readonly targets?: MeanStd }
  /** `per-step`: every layer parameter has a time axis of `length` in front. Shared when left out. */
  readonly weights?: 'shared' | 'per-step'
  /** Time steps that a model with weights per step has. */
  readonly length?: number
}

export interface MeanStd {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Parameters by their PyTorch state-dict names, e.g. `rnn.weight_ih_l0` [G*H, D]. */
export type Parameters = Readonly<Record<string, Floats>>

export interface Model {
  readonly config: ModelConfig
  readonly parameters: Parameters
}

/**
 * Sequences with their answers. `inputs` is float [B, T, D] or int ids [B, T]; `lengths` [B] where
 * they differ (padding on the right); `targets` float [B, K] or int [B], with a time axis after B
 * for heads at every step.
 */
export interface Batch {
  readonly inputs: Floats | Integers
  readonly lengths?: Integers
  readonly targets: Floats | Integers
}

/** Arrays by the names that they have in a trace file: `layers.0.gates.forget` [B, T, H] and so on. */
export type Trace = Readonly<Record<string, Floats>>
