import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import type { CheckId } from '../../../shared/contract.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { wasmGeneric } from '../backends/wasm-generic.ts'
import type { Cell } from '../cells/cell.ts'
import { generic } from '../layers/generic.ts'
import type { Compute, Layer, LayerGradients, LayerPass, Sequence } from '../layers/layer.ts'
import { runCheck } from './registry.ts'

beforeAll(() => wasmGeneric.start())

/** The real engine with what it gives on the way back changed. */
function backwardChanged(change: (gradients: LayerGradients) => LayerGradients): Compute {
  return {
    ...generic,
    layer(...args) {
      const pass = generic.layer(...args)
      return { ...pass, backward: (...asked) => change(pass.backward(...asked)) }
    },
  }
}

const withoutRecurrentGradients = backwardChanged((gradients) => {
  const { weight_hh, ...others } = gradients.parameters
  const zeros = ({ shape, data }: Floats) => ndarray(shape, new Float32Array(data.length))
  return { ...gradients, parameters: { ...others, ...(weight_hh && { weight_hh: zeros(weight_hh) }) } }
})

const swapped = backwardChanged((gradients) => {
  const { direct, through_hidden, ...others } = gradients.paths ?? {}
  if (!direct || !through_hidden) return gradients
  return { ...gradients, paths: { ...others, direct: through_hidden, through_hidden: direct } }
})

/** Loses a thousandth of the gradient from each step to the one before it, and no more. */
const fading: Compute = {
  ...generic,
  layer: (layer, ...others) => generic.layer({ ...layer, cell: withFading(layer.cell) }, ...others),
}

function withFading(cell: Cell): Cell {
  // The generic path hands its steps TensorFlow.js' tensors and nothing else.
  const fade = <M>(value: M): M =>
    tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => dy.mul(0.999),
    }))(value as unknown as tf.Tensor) as unknown as M
  return {
    ...cell,
    step: (drive, { h, c }, ...others) =>
      cell.step(drive, { h: fade(h), ...(c !== undefined && { c: fade(c) }) }, ...others),
  }
}

/** Runs a layer as though every example had all T steps. */
const whole = (layer: Layer, { inputs, lengths }: Sequence): LayerPass =>
  generic.layer(layer, { inputs, lengths: lengths.map(() => inputs.shape[0] as number) }, { states: true })

/**
 * Knows no lengths on its way back. Zeros that arrive at padded steps do no harm, whoever walks over them;
 * what is left to get wrong is where an example ends: here always at T.
 */
const withoutLengths: Compute = {
  ...generic,
  layer: (layer, sequence, options) => ({
    ...generic.layer(layer, sequence, options),
    backward: (gradient, detail) => whole(layer, sequence).backward(atTheEnd(gradient, sequence.lengths), detail),
  }),
}

/** [T, B, H] with each example's last real step as the last of all. */
function atTheEnd({ shape, data }: Floats, lengths: readonly number[]): Floats {
  const [time, batch, units] = shape as [number, number, number]
  const moved = Float32Array.from(data)
  for (const [b, length] of lengths.entries()) {
    const [from, to] = [length - 1, time - 1].map((t) => (t * batch + b) * units) as [number, number]
    moved.fill(0, from, from + units)
    moved.set(data.subarray(from, from + units), to)
  }
  return ndarray(shape, moved)
}

/** Leaves in padded steps what the network computed there. */
const runsOn: Compute = {
  ...generic,
  layer(layer, sequence, options) {
    const { hidden, cell, gates } = whole(layer, sequence)
    return { ...generic.layer(layer, sequence, options), hidden, ...(cell && { cell }), gates }
  },
}

interface Case {
  readonly what: string
  readonly engine: Compute
  readonly check: CheckId
  /** Which rows of the report must be above their limit; the others must hold. */
  readonly rows: RegExp
}

test.each<Case>([
  { what: 'has no gradients of W_hh', engine: withoutRecurrentGradients, check: 'finite-differences', rows: /./ },
  { what: 'has no gradients of W_hh', engine: withoutRecurrentGradients, check: 'goldens', rows: /./ },
  { what: 'loses 0.1% of the gradient at every step', engine: fading, check: 'decay', rows: /./ },
  { what: 'loses 0.1% of the gradient at every step', engine: fading, check: 'finite-differences', rows: /./ },
  { what: 'knows no lengths on its way back', engine: withoutLengths, check: 'padding', rows: /./ },
  { what: 'leaves numbers in padded steps', engine: runsOn, check: 'padding', rows: /./ },
  { what: 'takes one path for the other', engine: swapped, check: 'paths', rows: / (direct|through_hidden)$/ },
])('an engine that $what is found by $check', ({ engine, check, rows: wrong }) => {
  const { rows } = runCheck(check, engine, 'broken')
  const failed = rows.filter(({ figure, limit }) => !(figure <= limit)).map(({ of }) => of)
  expect(failed).toEqual(rows.map(({ of }) => of).filter((of) => wrong.test(of)))
  expect(failed.length).toBeGreaterThan(2)
})
