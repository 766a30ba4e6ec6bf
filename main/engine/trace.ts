import * as tf from '@tensorflow/tfjs'
import type { Batch, Model, Trace } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { checkBatch } from './batch.ts'
import { differentiate, type Gradients } from './gradients.ts'
import { jacobianNorms } from './jacobians.ts'
import { disposeNetwork, loadNetwork, type Network } from './network.ts'
import { answers, exampleLosses, lastStepLosses, targetTensor } from './objectives.ts'
import { flow, memoryHorizon } from './quantities.ts'
import { read } from './tensors.ts'
import type { Layer, TapName } from './unroll.ts'

/**
 * Everything that numerics defines for one batch and any model: states, gates, gradients of states,
 * inputs and parameters, the split of dL/dc, flow, horizon, Jacobians, sensitivity. Arrays are
 * [batch, time, unit]; padded steps hold 0.
 *
 * `jacobians: false` leaves out the Jacobians and Lyapunov exponents, whose cost grows with H^3.
 * Throws LabError `batch-invalid` when the batch does not fit the model.
 */
export function trace(model: Model, batch: Batch, { jacobians = true } = {}): Trace {
  const lengths = checkBatch(model.config, batch)
  const network = loadNetwork(model)
  const inputs = inputTensor(batch, lengths)
  const targets = targetTensor(batch.targets, lengths, model.config.head)
  try {
    return traceNetwork(network, inputs, targets, lengths, jacobians)
  } finally {
    tf.dispose([inputs, targets])
    disposeNetwork(network)
  }
}

function traceNetwork(
  network: Network,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  lengths: readonly number[],
  jacobians: boolean,
): Trace {
  const arrays: Record<string, Floats> = {}
  const mask = (array: Floats): Floats => zeroPadding(array, lengths)

  const total = differentiate(network, {
    inputs,
    lengths,
    objective: (unrolled) => tf.mean(exampleLosses(network, unrolled, targets, lengths)),
    listen: () => true,
    keepStates: true,
  })
  arrays.loss = read(total.value)
  arrays.output = network.config.head === 'every-step' ? mask(read(total.unrolled.output)) : read(total.unrolled.output)
  if (!network.config.embedding) arrays['grad.inputs'] = mask(read(total.inputs))
  for (const [name, gradient] of Object.entries(total.parameters)) arrays[`grad.parameters.${name}`] = read(gradient)

  // With a head at every step the local losses would hide what fades: flow asks about the last alone.
  const last =
    network.config.head === 'last'
      ? total
      : differentiate(network, {
          inputs,
          lengths,
          objective: (unrolled) => tf.mean(lastStepLosses(network, unrolled, targets, lengths)),
          listen: (_layer, name) => name === 'hidden' || name === 'cell',
        })
  for (const [index, layer] of total.unrolled.layers.entries()) {
    const prefix = `layers.${index}`
    for (const [name, array] of layerArrays(network, index, layer, total)) arrays[`${prefix}.${name}`] = mask(array)
    for (const name of network.cell.hasCellState ? (['hidden', 'cell'] as const) : (['hidden'] as const)) {
      const shape = (arrays[`${prefix}.hidden`] as Floats).shape as [number, number, number]
      const gradient = mask(tapArray(last, index, name, shape))
      const byStep = flow(gradient.data, ...shape, lengths)
      arrays[`${prefix}.flow.${name}`] = ndarray([shape[1]], byStep)
      arrays[`${prefix}.horizon.${name}`] = ndarray([], Float32Array.of(memoryHorizon(byStep)))
    }
    if (!jacobians) continue
    const norms = jacobianNorms(network, index, layer, lengths)
    arrays[`${prefix}.jacobian`] = ndarray([lengths.length, layer.steps.length], norms.jacobian)
    arrays[`${prefix}.lyapunov`] = ndarray([lengths.length], norms.lyapunov)
  }
  if (last !== total) last.dispose()
  total.dispose()

  const sensitivity = differentiate(network, {
    inputs,
    lengths,
    objective: (unrolled) => answers(network, unrolled, lengths),
  })
  arrays.sensitivity = mask(normsOverLastAxis(read(sensitivity.inputs)))
  sensitivity.dispose()
  return arrays
}

/** States, gates and gradients of one layer, [B, T, H] each. */
function layerArrays(network: Network, index: number, layer: Layer, gradients: Gradients): [string, Floats][] {
  const overTime = (tensors: readonly tf.Tensor2D[]): Floats => {
    const stacked = tf.stack(tensors as tf.Tensor2D[], 1)
    const array = read(stacked)
    stacked.dispose()
    return array
  }
  const hidden = overTime(layer.steps.map((step) => step.state.h))
  const shape = hidden.shape as [number, number, number]
  const arrays: [string, Floats][] = [['hidden', hidden]]
  for (const gate of network.cell.gates) {
    arrays.push([`gates.${gate}`, overTime(layer.steps.map((step) => step.gates[gate] as tf.Tensor2D))])
  }
  arrays.push(['grad.hidden', tapArray(gradients, index, 'hidden', shape)])
  if (network.cell.hasCellState) {
    arrays.push(['cell', overTime(layer.steps.map((step) => step.state.c as tf.Tensor2D))])
    arrays.push(['grad.cell', tapArray(gradients, index, 'cell', shape)])
    // The direct path of c_t is read where step t+1 uses it.
    arrays.push(['grad.cell.direct', tapArray(gradients, index, 'cell.direct', shape, 1)])
    arrays.push(['grad.cell.through_hidden', tapArray(gradients, index, 'cell.through_hidden', shape)])
  }
  return arrays
}

/** A tap's gradients over time, [B, T, H]; entry t is read at time step t + `ahead`, 0 beyond the end. */
export function tapArray(
  gradients: Gradients,
  layer: number,
  name: TapName,
  shape: readonly [number, number, number],
  ahead = 0,
): Floats {
  const [batch, time, units] = shape
  const steps = Array.from({ length: time }, (_, t) => gradients.tap(layer, t + ahead, name))
  const array = tf.tidy(() =>
    tf.stack(
      steps.map((step) => step ?? tf.zeros([batch, units])),
      1,
    ),
  )
  const result = read(array)
  array.dispose()
  return result
}

/** Inputs on the backend with padding set to 0, so that nothing written there can matter. */
export function inputTensor(batch: Batch, lengths: readonly number[]): tf.Tensor {
  const { inputs } = batch
  const [count, time, width = 1] = inputs.shape as [number, number, number?]
  const data = inputs.data.slice()
  for (let b = 0; b < count; b++) data.fill(0, (b * time + (lengths[b] as number)) * width, (b + 1) * time * width)
  return tf.tensor(data, [...inputs.shape], data instanceof Int32Array ? 'int32' : 'float32')
}

function zeroPadding(array: Floats, lengths: readonly number[]): Floats {
  const [, time, ...rest] = array.shape as [number, number, ...number[]]
  const width = rest.reduce((product, length) => product * length, 1)
  for (const [b, length] of lengths.entries()) array.data.fill(0, (b * time + length) * width, (b + 1) * time * width)
  return array
}

/** [B, T, D] to the L2 norms [B, T], in float64. */
function normsOverLastAxis({ shape, data }: Floats): Floats {
  const [batch, time, width] = shape as [number, number, number]
  const norms = new Float32Array(batch * time)
  for (let k = 0; k < norms.length; k++) {
    let sum = 0
    for (let d = k * width; d < (k + 1) * width; d++) sum += (data[d] as number) ** 2
    norms[k] = Math.sqrt(sum)
  }
  return ndarray([batch, time], norms)
}
