import type { Batch, Model, Trace } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import type { Compute } from './layers/layer.ts'
import { type LayerQuantities, type MeasureOptions, measure, type PerState } from './measure.ts'
import { swapAxes, zeroPadding } from './sequence.ts'

/**
 * What `measure` finds, as the arrays of a trace file: their names as in the README, [batch, time, unit],
 * 0 at padded steps; flow, which is no array of examples, is NaN where none of them is that long.
 * Throws LabError `batch-invalid` when the batch does not fit the model.
 */
export function trace(compute: Compute, model: Model, batch: Batch, options: MeasureOptions = {}): Trace {
  const found = measure(compute, model, batch, options)
  const { output, lengths } = found
  const every = model.config.head === 'every-step'
  const arrays: Record<string, Floats> = {
    loss: scalar(found.loss),
    output: every ? swapAxes(zeroPadding(swapAxes(output), lengths)) : output,
    sensitivity: swapAxes(found.sensitivity),
    ...(found.inputs && { 'grad.inputs': swapAxes(found.inputs) }),
  }
  for (const [name, gradient] of Object.entries(found.parameters)) arrays[`grad.parameters.${name}`] = gradient
  for (const [index, layer] of found.layers.entries()) {
    for (const [name, array] of layerArrays(layer)) arrays[`layers.${index}.${name}`] = array
  }
  return arrays
}

function* layerArrays(layer: LayerQuantities): Generator<[string, Floats]> {
  yield ['hidden', swapAxes(layer.hidden)]
  if (layer.cell) yield ['cell', swapAxes(layer.cell)]
  for (const [gate, values] of Object.entries(layer.gates)) yield [`gates.${gate}`, swapAxes(values)]
  for (const [name, gradient] of states(layer.gradients)) yield [`grad.${name}`, swapAxes(gradient)]
  for (const [path, term] of Object.entries(layer.paths ?? {})) yield [`grad.cell.${path}`, swapAxes(term)]
  for (const [name, byStep] of states(layer.flow)) yield [`flow.${name}`, ndarray([byStep.length], byStep)]
  for (const [name, steps] of states(layer.horizon)) yield [`horizon.${name}`, scalar(steps)]
  for (const [name, shares] of Object.entries(layer.saturation)) {
    for (const [side, values] of Object.entries(shares)) {
      yield [`saturation.${name}.${side}`, ndarray([values.length], values)]
    }
  }
  if (!layer.jacobians) return
  const { jacobian, lyapunov } = layer.jacobians
  yield ['jacobian', ndarray([lyapunov.length, jacobian.length / lyapunov.length], jacobian)]
  yield ['lyapunov', ndarray([lyapunov.length], lyapunov)]
}

function states<T>({ hidden, cell }: PerState<T>): [string, T][] {
  return cell === undefined
    ? [['hidden', hidden]]
    : [
        ['hidden', hidden],
        ['cell', cell],
      ]
}

const scalar = (value: number): Floats => ndarray([], Float32Array.of(value))
