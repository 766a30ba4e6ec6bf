import { cellById } from '../../main/engine/cells/catalogue.ts'
import type { Equations } from '../../main/engine/checks/problems.ts'
import type { BackwardDetail, Compute, Layer, LayerGradients, Sequence } from '../../main/engine/layers/layer.ts'
import { type Random, randomStream } from '../../main/engine/random.ts'
import { zeroPadding } from '../../main/engine/sequence.ts'
import type { Trace } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'

/** One layer with what it reads and what arrives at its states from outside. */
export interface LayerProblem {
  /** What it is, for a report. */
  readonly name: string
  readonly layer: Layer
  readonly sequence: Sequence
  /** dL/dh_t as it comes from outside the layer, [T, B, H]. */
  readonly gradient: Floats
}

export interface Sizes {
  readonly time: number
  readonly width: number
  readonly units: number
  readonly batch: number
  readonly perStep: boolean
  /**
   * Weights of one to three times 1e4, inputs of whole numbers and biases of half a number: every gate is
   * driven to its end, and no z comes so close to 0 that its rounding decides. Left out: normal numbers, the
   * weights as large as those of a fresh network.
   */
  readonly saturated?: boolean
}

/** Sizes from a seed: T 1 to 12, D 1 to 9, B 1 to 7, H 1 to 19, which no vector width divides. */
export function drawSizes(random: Random): Sizes {
  const units = 1 + random.integer(19)
  return {
    time: 1 + random.integer(12),
    width: 1 + random.integer(9),
    units: units % 4 === 0 ? units - 1 : units,
    batch: 1 + random.integer(7),
    perStep: random.integer(4) === 0,
  }
}

/** A layer of these sizes over sequences with lengths of their own, one of them T. */
export function layerProblem(equations: Equations, sizes: Sizes, seed: number): LayerProblem {
  const { time, width, units, batch, perStep, saturated = false } = sizes
  const random = randomStream(seed, 'layer problem')
  const cell = cellById(equations.cell)
  const drawn = (shape: readonly number[], draw: () => number) =>
    ndarray([...shape], Float32Array.from({ length: sizeOf(shape) }, draw))
  /** 1, 2 or 3, or one of them negated. */
  const whole = () => (1 + random.integer(3)) * (random.integer(2) === 0 ? 1 : -1)
  const normal = () => random.normal()
  const weight = saturated ? () => 1e4 * whole() : () => units ** -0.5 * random.normal()
  const weights = (shape: readonly number[], draw = weight) => drawn([...(perStep ? [time] : []), ...shape], draw)
  const rows = cell.rows.length * units
  const lengths = Array.from({ length: batch }, (_, b) => (b === 0 ? time : 1 + random.integer(time)))
  return {
    name: JSON.stringify({ ...equations, ...sizes, seed }),
    layer: {
      cell,
      ...(equations.activation && { activation: equations.activation }),
      units,
      parameters: {
        weight_ih: weights([rows, width]),
        weight_hh: weights([rows, units]),
        bias_ih: weights([rows], saturated ? () => 1e4 * (whole() + 0.5) : weight),
        bias_hh: weights([rows]),
        ...Object.fromEntries((cell.peepholes ?? []).map((name) => [name, weights([units])])),
      },
    },
    sequence: { inputs: zeroPadding(drawn([time, batch, width], saturated ? whole : normal), lengths), lengths },
    gradient: zeroPadding(drawn([time, batch, units], normal), lengths),
  }
}

export const details: readonly BackwardDetail[] = ['parameters', 'states', 'paths']

/**
 * Everything that an engine says about a layer, each array under a name that compareTraces takes by
 * time steps, but for the gradients of weights that all steps share.
 */
export function layerAnswers(compute: Compute, { layer, sequence, gradient }: LayerProblem): Trace {
  const found: Record<string, Floats> = {}
  for (const states of [false, true]) {
    const pass = compute.layer(layer, sequence, { states })
    const arrays = { hidden: pass.hidden, ...(pass.cell && { cell: pass.cell }), ...pass.gates }
    for (const [name, array] of Object.entries(arrays)) {
      found[`layers.${states ? 'traced' : 'bare'}.${name}`] = stepsSecond(array)
    }
    for (const detail of states ? details : (['parameters'] as const)) {
      const back = gradientArrays(pass.backward(gradient, detail), layer)
      for (const [name, array] of Object.entries(back)) {
        found[`${array.timed ? 'layers' : 'parameters'}.${states ? 'traced' : 'bare'}.${detail}.${name}`] = array.timed
          ? stepsSecond(array.values)
          : array.values
      }
    }
    pass.release()
  }
  return found
}

function gradientArrays({ inputs, parameters, hidden, cell, paths }: LayerGradients, layer: Layer) {
  const timed = (values: Floats) => ({ values, timed: true })
  const perStep = layer.parameters.weight_hh?.shape.length === 3
  return {
    ...(inputs && { inputs: timed(inputs) }),
    ...Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, { values, timed: perStep }])),
    ...(hidden && { hidden: timed(hidden) }),
    ...(cell && { cell: timed(cell) }),
    ...Object.fromEntries(Object.entries(paths ?? {}).map(([path, values]) => [`paths.${path}`, timed(values)])),
  }
}

/** [T, ...] as one example of T steps, the form of a trace. */
function stepsSecond({ shape, data }: Floats): Floats {
  return ndarray([1, shape[0] as number, sizeOf(shape.slice(1))], data)
}
