import type { Intervention } from '../../../shared/interventions.ts'
import type { Batch, Model, ModelConfig } from '../../../shared/model.ts'
import type { NdArray } from '../../../shared/ndarray.ts'
import { cellById } from '../cells/catalogue.ts'
import type { NamedValue, Recurrent, State } from '../cells/cell.ts'
import { changeOf } from '../interventions.ts'
import type { StateName } from '../layers/layer.ts'
import { type LayerTap, stepOf } from '../layers/step.ts'
import { losses } from '../losses.ts'
import { Matrix64 } from './matrix64.ts'

export type Doubles = NdArray<Float64Array>

/** A model and what it reads, in float64. */
export interface Problem {
  readonly config: ModelConfig
  readonly parameters: Readonly<Record<string, Doubles>>
  /** [B, T, D], or ids [B, T]. */
  readonly inputs: Doubles
  readonly targets: Batch['targets']
  readonly lengths: readonly number[]
  readonly interventions?: readonly Intervention[]
}

/** Changes a value on its way: h_t, or what the cell names. */
export type Disturb = (layer: number, time: number, name: StateName | NamedValue, value: Matrix64) => Matrix64

/**
 * The loss of a model on a batch in float64: the cells' own step functions and the lab's own losses, but
 * no code of an engine. What is nudged here and what an engine differentiates must agree.
 */
export function loss64(problem: Problem, disturb: Disturb = (_layer, _time, _name, value) => value): number {
  const { config, lengths, targets } = problem
  const outputs = run64(problem, disturb)
  const every = config.head === 'every-step'
  let sum = 0
  for (const [b, length] of lengths.entries()) {
    const answered = every ? Array.from({ length }, (_, t) => t) : [length - 1]
    for (const t of answered) {
      const row = every ? b * (problem.inputs.shape[1] as number) + t : b
      const output = (outputs[t] as Matrix64).data.slice(b * config.outputSize, (b + 1) * config.outputSize)
      const target = (k: number) =>
        targets.data[config.loss === 'cross-entropy' ? row : row * config.outputSize + k] as number
      sum += losses[config.loss](output, target, new Float64Array(config.outputSize)) / answered.length / lengths.length
    }
  }
  return sum
}

/** The head's answer at every step, [B, K] each. Padded steps run on: nothing real comes after them. */
function run64({ config, parameters, inputs, interventions }: Problem, disturb: Disturb): Matrix64[] {
  const cell = cellById(config.cell)
  const [batch, time] = inputs.shape as [number, number]
  let below = Array.from({ length: time }, (_, t) => inputsAt(config, parameters, inputs, t))
  for (let layer = 0; layer < config.layers; layer++) {
    const weightsAt = layerWeights64(config, parameters, layer)
    const change = interventions && changeOf(config, interventions, layer)
    const stepping = { cell, ...(config.activation && { activation: config.activation }), ...(change && { change }) }
    const zero = new Matrix64(batch, config.hiddenSize)
    let state: State<Matrix64> = cell.hasCellState ? { h: zero, c: zero } : { h: zero }
    below = below.map((x, t) => {
      const { drive, recurrent } = weightsAt(t)
      const tap: LayerTap<Matrix64> = (name, value) => disturb(layer, t, name, value)
      state = stepOf(stepping, t, drive(x), state, recurrent, tap, row).state
      return state.h
    })
  }
  const { weight, bias } = headWeights64(parameters)
  return below.map((hidden) => hidden.matMul(weight).add(bias))
}

const row = (values: Float64Array) => new Matrix64(1, values.length, values)

/** A layer's weights as a step needs them. */
export interface StepWeights64 {
  /** W_ih x + b_ih, rows [B, D] to [B, G*H]. */
  drive(x: Matrix64): Matrix64
  readonly recurrent: Recurrent<Matrix64>
}

/** The weights of a layer by time step: the same for all, unless each has its own. */
export function layerWeights64(
  config: ModelConfig,
  parameters: Problem['parameters'],
  layer: number,
): (t: number) => StepWeights64 {
  const cell = cellById(config.cell)
  const of = (own: (name: string) => Matrix64): StepWeights64 => {
    const [weight, bias] = [own('weight_ih').transpose(), own('bias_ih')]
    return {
      drive: (x) => x.matMul(weight).add(bias),
      recurrent: {
        weight: own('weight_hh').transpose(),
        bias: own('bias_hh'),
        peepholes: Object.fromEntries((cell.peepholes ?? []).map((name) => [name, own(name)])),
      },
    }
  }
  const stored = (name: string) => parameters[`rnn.${name}_l${layer}`] as Doubles
  if (config.weights !== 'per-step') {
    const shared = of((name) => Matrix64.from(stored(name)))
    return () => shared
  }
  return (t) =>
    of((name) => {
      const { shape, data } = stored(name)
      const size = data.length / (shape[0] as number)
      return Matrix64.from({ shape: shape.slice(1), data: data.subarray(t * size, (t + 1) * size) })
    })
}

/** The head's weights, transposed [H, K], and its bias. */
export function headWeights64(parameters: Problem['parameters']): { weight: Matrix64; bias: Matrix64 } {
  return {
    weight: Matrix64.from(parameters['head.weight'] as Doubles).transpose(),
    bias: Matrix64.from(parameters['head.bias'] as Doubles),
  }
}

/** The model and its batch in float64. */
export function problem64({ config, parameters }: Model, { inputs, targets }: Batch, lengths: readonly number[]) {
  const doubles = ({ shape, data }: Batch['inputs']): Doubles => ({ shape, data: Float64Array.from(data) })
  const named = Object.entries(parameters).map(([name, array]) => [name, doubles(array)])
  return { config, parameters: Object.fromEntries(named), inputs: doubles(inputs), targets, lengths } satisfies Problem
}

/** What the first layer reads at time step t, [B, D]. */
export function inputsAt(
  { embedding }: ModelConfig,
  parameters: Problem['parameters'],
  inputs: Doubles,
  t: number,
): Matrix64 {
  const [batch, time, width = 1] = inputs.shape as [number, number, number?]
  const size = embedding?.size ?? width
  const x = new Matrix64(batch, size)
  for (let b = 0; b < batch; b++) {
    const from = embedding ? (inputs.data[b * time + t] as number) * size : (b * time + t) * size
    const table = embedding ? (parameters['embedding.weight'] as Doubles).data : inputs.data
    x.data.set(table.subarray(from, from + size), b * size)
  }
  return x
}
