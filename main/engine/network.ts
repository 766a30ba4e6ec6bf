import * as tf from '@tensorflow/tfjs'
import type { Model, ModelConfig } from '../../shared/model.ts'
import { cellById } from './cells/catalogue.ts'
import type { Cell } from './cells/cell.ts'
import { write } from './tensors.ts'

/** A model on the tensor backend. */
export interface Network {
  readonly config: ModelConfig
  readonly cell: Cell
  /** By PyTorch state-dict name. */
  readonly parameters: Readonly<Record<string, tf.Tensor>>
}

/** Uploads a model; pair with `disposeNetwork`. */
export function loadNetwork({ config, parameters }: Model): Network {
  const entries = Object.entries(parameters).map(([name, value]) => [name, write(value)] as const)
  return { config, cell: cellById(config.cell), parameters: Object.fromEntries(entries) }
}

export function disposeNetwork(network: Network): void {
  tf.dispose(Object.values(network.parameters))
}

/** The parameter `rnn.NAME_lLAYER`. */
export function layerParameter(network: Network, name: string, layer: number): tf.Tensor {
  const key = `rnn.${name}_l${layer}`
  const tensor = network.parameters[key]
  if (!tensor) throw new RangeError(`the model has no parameter ${key}`)
  return tensor
}
