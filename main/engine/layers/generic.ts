import * as tf from '@tensorflow/tfjs'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { NamedValue, Recurrent, State, Step } from '../cells/cell.ts'
import { zeroPadding } from '../sequence.ts'
import { read, tapped, write } from '../tensors.ts'
import type { BackwardDetail, Compute, Layer, LayerGradients, ReadGradients, Sequence, StateName } from './layer.ts'
import { stepOf } from './step.ts'

type Tensors = Readonly<Record<string, tf.Tensor>>
/** A value inside the layer whose gradient can be read. */
type TapName = StateName | NamedValue
type TimedTap = (time: number, name: TapName, value: tf.Tensor) => tf.Tensor

/**
 * The truth: the cell's pure step function, unrolled on whichever tensor backend TensorFlow.js has, and
 * its automatic differentiation. Gradients of states are read by taps, identities in the graph. The
 * backward pass unrolls again under the tape instead of keeping one alive between the two calls.
 */
export const generic: Compute = {
  layer(layer, sequence, { states }) {
    const { lengths } = sequence
    const arrays = forward(layer, sequence, states)
    return {
      ...arrays,
      backward: (gradient, detail, read) => backward(layer, sequence, gradient, detail, lengths, read),
      release() {},
    }
  },

  product(a, b, transposeA, transposeB) {
    const product = tf.tidy(() => tf.matMul(write(a), write(b), transposeA, transposeB))
    const result = read(product)
    product.dispose()
    return result
  },

  held: () => tf.memory().numTensors,
}

function forward(layer: Layer, sequence: Sequence, states: boolean) {
  const { lengths } = sequence
  const wanted = tf.tidy(() => {
    const steps = unroll(layer, write(sequence.inputs) as tf.Tensor3D, upload(layer), lengths)
    const over = (pick: (step: Step<tf.Tensor>) => tf.Tensor) => tf.stack(steps.map(pick), 0)
    const result: Record<string, tf.Tensor> = { hidden: over(({ state }) => state.h) }
    if (!states) return result
    if (layer.cell.hasCellState) result.cell = over(({ state }) => state.c as tf.Tensor)
    for (const gate of layer.cell.gates) result[`gates.${gate}`] = over(({ gates }) => gates[gate] as tf.Tensor)
    return result
  })
  const take = (name: string): Floats => zeroPadding(read(wanted[name] as tf.Tensor), lengths)
  const arrays = {
    hidden: take('hidden'),
    ...(wanted.cell && { cell: take('cell') }),
    gates: states ? Object.fromEntries(layer.cell.gates.map((gate) => [gate, take(`gates.${gate}`)])) : {},
  }
  tf.dispose(wanted)
  return arrays
}

function backward(
  layer: Layer,
  sequence: Sequence,
  gradient: Floats,
  detail: BackwardDetail,
  lengths: readonly number[],
  { parameters: areRead = true }: ReadGradients = {},
): LayerGradients {
  const { cell } = layer
  const names = areRead ? Object.keys(layer.parameters) : []
  const listened = listenedTaps(layer, detail)
  const heard = new Map<string, tf.Tensor>()
  const tap: TimedTap = (time, name, value) =>
    listened.has(name) ? tapped(value, (arrived) => heard.set(`${time} ${name}`, tf.keep(arrived))) : value

  const [inputs, ...parameters] = tf.tidy(() => {
    const x = write(sequence.inputs) as tf.Tensor3D
    const weights = upload(layer)
    const run = () =>
      tf.stack(
        unroll(layer, x, weights, lengths, tap).map(({ state }) => state.h),
        0,
      )
    return tf.grads(run)([x, ...names.map((name) => weights[name] as tf.Tensor)], write(gradient))
  }) as [tf.Tensor, ...tf.Tensor[]]

  /** Entry t is what was heard at time step t + `ahead`; 0 where nothing came, which means exactly zero. */
  const overTime = (name: TapName, ahead = 0): Floats => {
    const [time, batch, units] = gradient.shape as [number, number, number]
    const data = new Float32Array(time * batch * units)
    for (let t = 0; t + ahead < time; t++) {
      const arrived = heard.get(`${t + ahead} ${name}`)
      if (arrived) data.set(arrived.dataSync(), t * batch * units)
    }
    return zeroPadding(ndarray(gradient.shape, data), lengths)
  }
  const result: LayerGradients = {
    inputs: zeroPadding(read(inputs), lengths),
    parameters: Object.fromEntries(names.map((name, k) => [name, read(parameters[k] as tf.Tensor)])),
    ...(detail !== 'parameters' && { hidden: overTime('hidden') }),
    ...(detail !== 'parameters' && cell.hasCellState && { cell: overTime('cell') }),
    ...(detail === 'paths' && {
      // What reaches c_t by way of step t+1 is read where that step uses it.
      paths: Object.fromEntries(
        cell.paths.map((path) => [path, overTime(`cell.${path}`, path === 'through_hidden' ? 0 : 1)]),
      ),
    }),
  }
  tf.dispose([inputs, ...parameters, ...heard.values()])
  return result
}

function listenedTaps({ cell }: Layer, detail: BackwardDetail): ReadonlySet<TapName> {
  if (detail === 'parameters') return new Set()
  const states: TapName[] = cell.hasCellState ? ['hidden', 'cell'] : ['hidden']
  return new Set(detail === 'paths' ? [...states, ...cell.paths.map((path) => `cell.${path}` as const)] : states)
}

function upload({ parameters }: Layer): Tensors {
  return Object.fromEntries(Object.entries(parameters).map(([name, array]) => [name, write(array)]))
}

/**
 * A padded step hands the state on unchanged, and where() keeps whatever the padding would have produced
 * from reaching a gradient (0 * Inf is NaN).
 */
function unroll(
  layer: Layer,
  inputs: tf.Tensor3D,
  parameters: Tensors,
  lengths: readonly number[],
  tap: TimedTap = (_time, _name, value) => value,
): Step<tf.Tensor>[] {
  const { cell, units } = layer
  const [time, batch] = inputs.shape
  const masks = runningMasks(lengths, time, units)
  const drives = project(inputs, parameters)
  const recurrentAt = recurrentWeights(layer, parameters, time)
  const zero = tf.zeros([batch, units]) as tf.Tensor
  let state: State<tf.Tensor> = cell.hasCellState ? { h: zero, c: zero } : { h: zero }
  return drives.map((drive, t) => {
    const step = stepOf(layer, t, drive, state, recurrentAt(t), (name, value) => tap(t, name, value), row)
    const mask = masks?.[t]
    state = {
      h: keepPadded(mask, step.state.h, state.h),
      ...(step.state.c && { c: keepPadded(mask, step.state.c, state.c) }),
    }
    return { state, gates: step.gates }
  })
}

const row = (values: Float64Array): tf.Tensor => tf.tensor2d(Float32Array.from(values), [1, values.length])

/** W_ih x_t + b_ih of every time step, [B, G*H] each; as one product where the steps share their weights. */
function project(inputs: tf.Tensor3D, { weight_ih: weight, bias_ih: bias }: Tensors): tf.Tensor[] {
  if (!weight || !bias) throw new RangeError('a layer needs weight_ih and bias_ih')
  const [time, batch, width] = inputs.shape
  if (weight.rank === 3) {
    const [weights, biases] = [parts(weight), parts(bias)]
    return parts(inputs).map((x, t) => tf.matMul(x, weights[t] as tf.Tensor, false, true).add(biases[t] as tf.Tensor))
  }
  const drive = inputs
    .reshape([time * batch, width])
    .matMul(weight, false, true)
    .add(bias)
  return parts(drive.reshape([time, batch, -1]))
}

function recurrentWeights({ cell }: Layer, parameters: Tensors, time: number): (step: number) => Recurrent<tf.Tensor> {
  const { weight_hh, bias_hh } = parameters
  if (!weight_hh || !bias_hh) throw new RangeError('a layer needs weight_hh and bias_hh')
  const row = (vector: tf.Tensor) => vector.reshape([1, -1]) as tf.Tensor
  const of = (weight: tf.Tensor, bias: tf.Tensor, peephole: (name: string) => tf.Tensor) => ({
    weight: tf.transpose(weight) as tf.Tensor,
    bias: row(bias),
    peepholes: Object.fromEntries((cell.peepholes ?? []).map((name) => [name, row(peephole(name))])),
  })
  if (weight_hh.rank === 2) {
    const shared = of(weight_hh, bias_hh, (name) => parameters[name] as tf.Tensor)
    return () => shared
  }
  const apart = Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, parts(tensor)]))
  const own = Array.from({ length: time }, (_, t) => {
    const at = (name: string) => apart[name]?.[t] as tf.Tensor
    return of(at('weight_hh'), at('bias_hh'), at)
  })
  return (t) => own[t] as Recurrent<tf.Tensor>
}

/** Along the first axis. The gradient of an unstack into one part fails in TensorFlow.js 4.22. */
function parts(tensor: tf.Tensor): tf.Tensor[] {
  return (tensor.shape[0] === 1 ? [tf.squeeze(tensor, [0])] : tf.unstack(tensor, 0)) as tf.Tensor[]
}

/** [B, H] masks a time step, true where the example is still running; undefined where all lengths are T. */
function runningMasks(lengths: readonly number[], time: number, units: number): tf.Tensor[] | undefined {
  if (lengths.every((length) => length === time)) return undefined
  return Array.from({ length: time }, (_, t) => {
    const running = Uint8Array.from({ length: lengths.length * units }, (_, k) =>
      t < (lengths[Math.floor(k / units)] as number) ? 1 : 0,
    )
    return tf.tensor2d(running, [lengths.length, units], 'bool')
  })
}

function keepPadded(mask: tf.Tensor | undefined, next: tf.Tensor, previous: tf.Tensor | undefined): tf.Tensor {
  return mask && previous ? tf.where(mask, next, previous) : next
}
