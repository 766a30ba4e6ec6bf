import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { Cell } from '../cells/cell.ts'
import { activations } from '../cells/rnn.ts'
import type { BackwardDetail, Compute, Layer, Sequence } from '../layers/layer.ts'
import type { Random } from '../random.ts'
import { zeroPadding } from '../sequence.ts'

/** One layer, what it reads, and dL/dh as it comes from outside: [T, B, H], 0 at padded steps. */
export interface LayerProblem {
  readonly layer: Layer
  readonly sequence: Sequence
  readonly gradient: Floats
}

/**
 * A random layer of T steps, B examples, D inputs and H units, with lengths of their own unless `even`. Weights are
 * normal times `scale`, inputs twice as large. Half of the gradients come from the last step alone, as from a head
 * there.
 */
export function randomLayer(
  cell: Cell,
  [T, B, D, H]: readonly [T: number, B: number, D: number, H: number],
  even: boolean,
  random: Random,
  scale = 0.5,
): LayerProblem {
  const normal = (shape: number[], factor: number) =>
    ndarray(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * factor),
    )
  const rows = cell.rows.length * H
  const lengths = Array.from({ length: B }, (_, b) => (even || b === 0 ? T : 1 + random.integer(T)))
  const activation = cell.id === 'rnn' ? activations[random.integer(activations.length)] : undefined
  const gradient = normal([T, B, H], 1)
  if (random.integer(2) === 0) gradient.data.fill(0, 0, (T - 1) * B * H)
  return {
    layer: {
      cell,
      units: H,
      ...(activation && { activation }),
      parameters: {
        weight_ih: normal([rows, D], scale),
        weight_hh: normal([rows, H], scale),
        bias_ih: normal([rows], scale),
        bias_hh: normal([rows], scale),
        ...Object.fromEntries((cell.peepholes ?? []).map((name) => [name, normal([H], scale)])),
      },
    },
    sequence: { inputs: zeroPadding(normal([T, B, D], 2 * scale), lengths), lengths },
    gradient: zeroPadding(gradient, lengths),
  }
}

/** Everything that an engine says of a layer, by name: states and gates, and `dL/d ...` of all that has a gradient. */
export function layerAnswers(
  compute: Compute,
  { layer, sequence, gradient }: LayerProblem,
  detail: BackwardDetail = 'paths',
): Record<string, Floats> {
  const pass = compute.layer(layer, sequence, { states: true })
  const { parameters, paths, inputs, hidden, cell } = pass.backward(gradient, detail)
  pass.release()
  const back = { ...parameters, ...paths, inputs, ...(hidden && { hidden }), ...(cell && { cell }) }
  return {
    hidden: pass.hidden,
    ...(pass.cell && { cell: pass.cell }),
    ...pass.gates,
    ...Object.fromEntries(Object.entries(back).map(([name, array]) => [`dL/d ${name}`, array])),
  }
}

/**
 * How far each answer is from what `reference` says, relative to the largest value of its array; Infinity for an
 * answer that is missing, of another shape, or NaN on one side only. The gradient of a parameter is a sum over steps
 * and examples that can all but cancel, and its rounding is that of what was added: it counts as `least` times the
 * layer's largest gradient at least.
 */
export function layerDifferences(
  found: Readonly<Record<string, Floats>>,
  reference: Readonly<Record<string, Floats>>,
  least = 0.01,
): Record<string, number> {
  const isGradient = (name: string) => name.startsWith('dL/d ')
  const largest = Math.max(...Object.keys(reference).map((n) => (isGradient(n) ? largestOf(reference[n]) : 0)))
  const names = new Set([...Object.keys(found), ...Object.keys(reference)])
  return Object.fromEntries(
    [...names].map((name) => {
      const size = Math.max(largestOf(reference[name]), isGradient(name) ? least * largest : 0, 1e-6)
      return [name, farthest(found[name], reference[name]) / size]
    }),
  )
}

const largestOf = (array: Floats | undefined): number =>
  array?.data.reduce((most, x) => (Number.isNaN(x) ? most : Math.max(most, Math.abs(x))), 0) ?? 0

function farthest(a: Floats | undefined, b: Floats | undefined): number {
  if (!a || !b || a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY
  let worst = 0
  for (const [k, expected] of b.data.entries()) {
    const value = a.data[k] as number
    if (Object.is(value, expected)) continue
    const distance = Math.abs(value - expected)
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY
    worst = Math.max(worst, distance)
  }
  return worst
}
