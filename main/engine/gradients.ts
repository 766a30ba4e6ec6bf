import * as tf from '@tensorflow/tfjs'
import type { Network } from './network.ts'
import { tapped } from './tensors.ts'
import { embed, type NetworkTap, type TapName, type Unrolled, unroll } from './unroll.ts'

export interface Question {
  /** Float [B, T, D] or int ids [B, T]. */
  readonly inputs: tf.Tensor
  readonly lengths?: readonly number[]
  /** What is differentiated: the sum of the tensor it returns. */
  readonly objective: (unrolled: Unrolled) => tf.Tensor
  /** Which taps to read: each costs an identity op forward and a copy backward. */
  readonly listen?: (layer: number, name: TapName) => boolean
  /** Whether states and gates of every step stay readable afterwards. */
  readonly keepStates?: boolean
}

/** Holds tensors outside any tidy: call `dispose` once it was read. */
export interface Gradients {
  readonly value: tf.Scalar
  /** The forward pass; only `output` is readable unless the question kept the states. */
  readonly unrolled: Unrolled
  readonly parameters: Readonly<Record<string, tf.Tensor>>
  /** Of the inputs, embedded where they are ids: [B, T, D]. */
  readonly inputs: tf.Tensor3D
  /** The gradient that reached a tap, [B, H]; undefined where none did, which means exactly zero. */
  tap(layer: number, time: number, name: TapName): tf.Tensor2D | undefined
  dispose(): void
}

/** One forward and one backward pass. */
export function differentiate(network: Network, question: Question): Gradients {
  const { inputs, lengths, objective, listen = () => false, keepStates = false } = question
  const names = Object.keys(network.parameters)
  const heard = new Map<string, tf.Tensor2D>()
  const kept: tf.Tensor[] = []
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    kept.push(tf.keep(tensor))
    return tensor
  }
  const tap: NetworkTap = (layer, time, name, value) =>
    listen(layer, name) ? tapped(value, (gradient) => heard.set(`${layer} ${time} ${name}`, keep(gradient))) : value

  let unrolled: Unrolled | undefined
  let inputGradient: tf.Tensor3D | undefined
  const forward = (...variables: tf.Tensor[]): tf.Scalar => {
    const parameters = Object.fromEntries(names.map((name, k) => [name, variables[k] as tf.Tensor]))
    const local = { ...network, parameters }
    const embedded = embed(local, network.config.embedding ? inputs : (variables[names.length] as tf.Tensor))
    const sequence = tapped(embedded, (gradient) => {
      inputGradient = keep(gradient)
    })
    unrolled = unroll(local, sequence, lengths, tap)
    keep(unrolled.output)
    if (keepStates) for (const tensor of statesOf(unrolled)) keep(tensor)
    return tf.sum(objective(unrolled))
  }

  const variables = Object.values(network.parameters)
  if (!network.config.embedding) variables.push(inputs)
  const { value, grads } = tf.valueAndGrads(forward)(variables)
  kept.push(value, ...grads)
  if (!unrolled || !inputGradient) throw new Error('the backward pass did not reach the inputs')
  return {
    value: value as tf.Scalar,
    unrolled,
    parameters: Object.fromEntries(names.map((name, k) => [name, grads[k] as tf.Tensor])),
    inputs: inputGradient,
    tap: (layer, time, name) => heard.get(`${layer} ${time} ${name}`),
    dispose: () => tf.dispose(kept),
  }
}

function statesOf(unrolled: Unrolled): tf.Tensor[] {
  return unrolled.layers.flatMap((layer) => [
    ...layer.inputs,
    ...layer.steps.flatMap(({ state, gates }) => [state.h, ...(state.c ? [state.c] : []), ...Object.values(gates)]),
  ])
}
