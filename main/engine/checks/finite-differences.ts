import type { CheckRow } from '../../../shared/contract.ts'
import type { Intervention } from '../../../shared/interventions.ts'
import type { Batch, Model } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import { cellById } from '../cells/catalogue.ts'
import type { Compute } from '../layers/layer.ts'
import { type LayerQuantities, measure } from '../measure.ts'
import { randomStream } from '../random.ts'
import { type Disturb, type Doubles, loss64, type Problem, problem64 } from './loss64.ts'
import { Matrix64 } from './matrix64.ts'
import { drawExample, fixedExamples, variants } from './problems.ts'

/** How far one gradient of an engine is from the slope of the loss. */
export interface SlopeError {
  /** `rnn.weight_hh_l0`, `inputs`, `layers.0.hidden at 3`. */
  readonly of: string
  /** |slope - gradient . direction| for a direction of length 1, divided by the gradient's length. */
  readonly relative: number
}

/** The nudge, for values of about 1: central differences in float64 lose about 1e-9 of the slope. */
const nudge = 1e-6

/**
 * Compares every gradient that an engine gives on a batch with central differences of the loss in
 * float64, along the gradient and along two random directions each: parameters, inputs, h_t and c_t of
 * every layer and step, and each path of c_t on its own; with what `interventions` fix in both.
 */
export function slopeErrors(
  compute: Compute,
  model: Model,
  batch: Batch,
  interventions?: readonly Intervention[],
): SlopeError[] {
  const fixed = interventions && { interventions }
  const found = measure(compute, model, batch, { jacobians: false, ...fixed })
  const problem: Problem = { ...problem64(model, batch, found.lengths), ...fixed }
  const errors: SlopeError[] = []
  const compare = (of: string, gradient: ArrayLike<number>, moved: (direction: Float64Array) => number) => {
    errors.push({ of, relative: worstSlope(of, gradient, moved) })
  }
  for (const [name, gradient] of Object.entries(found.parameters)) {
    compare(name, gradient.data, (direction) => {
      const parameters = { ...problem.parameters, [name]: plus(problem.parameters[name] as Doubles, direction) }
      return loss64({ ...problem, parameters })
    })
  }
  if (found.inputs) {
    const gradient = batchFirst(found.inputs)
    compare('inputs', gradient, (direction) => loss64({ ...problem, inputs: plus(problem.inputs, direction) }))
  }
  for (const [index, layer] of found.layers.entries()) {
    for (const { name, tap, ahead, gradient } of stateGradients(model, layer)) {
      const [time, batchSize, units] = gradient.shape as [number, number, number]
      for (let t = 0; t < time; t++) {
        if (t + ahead >= time) continue
        const at = gradient.data.subarray(t * batchSize * units, (t + 1) * batchSize * units)
        compare(`layers.${index}.${name} at ${t}`, at, (direction) => {
          const disturb: Disturb = (l, s, where, value) =>
            l === index && s === t + ahead && where === tap
              ? value.add(new Matrix64(batchSize, units, running(direction, found.lengths, t + ahead, units)))
              : value
          return loss64(problem, disturb)
        })
      }
    }
  }
  return errors
}

/** Gradients against slopes of the loss in float64: the worst over fixed and random models of each cell. */
export function checkSlopes(compute: Compute): CheckRow[] {
  return variants.map(({ of, config }) => {
    const examples = [...fixedExamples(config), ...[1, 2, 3, 4].map((seed) => drawExample(seed, config))]
    const errors = examples.flatMap(({ model, batch }) => slopeErrors(compute, model, batch))
    return { of, figure: Math.max(...errors.map(({ relative }) => relative)), limit: 1e-4 }
  })
}

/** What is nudged for each gradient of a state: a path is nudged where the step that uses it reads it. */
function* stateGradients(
  model: Model,
  layer: LayerQuantities,
): Generator<{ name: string; tap: Parameters<Disturb>[2]; ahead: number; gradient: Floats }> {
  yield { name: 'hidden', tap: 'hidden', ahead: 0, gradient: layer.gradients.hidden }
  if (!layer.gradients.cell) return
  yield { name: 'cell', tap: 'cell', ahead: 0, gradient: layer.gradients.cell }
  for (const path of cellById(model.config.cell).paths) {
    const gradient = layer.paths?.[path]
    if (gradient) yield { name: path, tap: `cell.${path}`, ahead: path === 'through_hidden' ? 0 : 1, gradient }
  }
}

/** The largest relative error over the gradient's own direction and two random ones. */
function worstSlope(name: string, gradient: ArrayLike<number>, moved: (direction: Float64Array) => number): number {
  const g = Float64Array.from(gradient)
  const length = Math.hypot(...g)
  const random = randomStream(1, name)
  const directions = [1, 2].map(() => Float64Array.from(g, () => random.normal()))
  if (length > 0) directions.push(g)
  const errors = directions.map((direction) => {
    const size = Math.hypot(...direction)
    const unit = direction.map((value) => value / size)
    const slope = (moved(unit.map((value) => nudge * value)) - moved(unit.map((value) => -nudge * value))) / (2 * nudge)
    const expected = unit.reduce((sum, value, k) => sum + value * (g[k] as number), 0)
    return Math.abs(slope - expected) / (length || 1)
  })
  return Math.max(...errors)
}

/** The direction with 0 where an example has ended: a padded step's gradient is 0 by definition. */
function running(direction: Float64Array, lengths: readonly number[], t: number, units: number): Float64Array {
  return direction.map((value, k) => (t < (lengths[Math.floor(k / units)] as number) ? value : 0))
}

function plus({ shape, data }: Doubles, direction: Float64Array): Doubles {
  return { shape, data: data.map((value, k) => value + (direction[k] as number)) }
}

/** [T, B, D] flattened as [B, T, D]. */
function batchFirst({ shape, data }: Floats): Float64Array {
  const [time, batch, width] = shape as [number, number, number]
  return Float64Array.from({ length: data.length }, (_, k) => {
    const [b, t, d] = [Math.floor(k / (time * width)), Math.floor(k / width) % time, k % width]
    return data[(t * batch + b) * width + d] as number
  })
}
