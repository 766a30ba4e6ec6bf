import type { NdArray } from '../../../shared/ndarray.ts'
import type { Signal } from './signals.ts'

type Activation = (typeof activations)[number]
const activations = ['tanh', 'relu', 'sigmoid', 'identity'] as const

/** What went into the activation, from what came out; NaN where it cannot be told (ReLU's 0, saturation). */
const inverse: Readonly<Record<Activation, (h: number) => number>> = {
  tanh: (h) => (Math.abs(h) < 0.99999 ? Math.atanh(h) : Number.NaN),
  relu: (h) => (h > 0 ? h : Number.NaN),
  sigmoid: (h) => (h > 1e-6 && h < 1 - 1e-6 ? Math.log(h / (1 - h)) : Number.NaN),
  identity: (h) => h,
}

/** The activation's derivative, from what came out. */
const slope: Readonly<Record<Activation, (h: number) => number>> = {
  tanh: (h) => 1 - h * h,
  relu: (h) => (h > 0 ? 1 : 0),
  sigmoid: (h) => h * (1 - h),
  identity: () => 1,
}

export interface PlainNumbers {
  readonly before: number
  readonly h: number
  /** Row of W_hh times h_{t-1}, and the rest of the sum: W_ih x + b. */
  readonly recurrent: number
  readonly drive: number
  readonly sum: number
  /** act'(z_t) of this unit. */
  readonly slope: number
  /** What the unit's gradient is multiplied by on its way to its own h_{t-1}, and to all of h_{t-1} (a norm). */
  readonly own: number
  readonly all: number
}

/** One step of one unit of a plain cell, in numbers: h_t = act(W_ih x_t + W_hh h_{t-1} + b). */
export function plainNumbers(
  hidden: Signal,
  weights: NdArray<Float32Array> | undefined,
  activation: string,
  unit: number,
  t: number,
): PlainNumbers {
  const act = activations.find((known) => known === activation) ?? 'tanh'
  const h = hidden.at(t, unit)
  const row = weights?.data.subarray(unit * hidden.units, (unit + 1) * hidden.units)
  let recurrent = row ? 0 : Number.NaN
  let squares = row ? 0 : Number.NaN
  row?.forEach((weight, from) => {
    if (t > 0) recurrent += weight * hidden.at(t - 1, from)
    squares += weight * weight
  })
  const sum = inverse[act](h)
  const by = slope[act](h)
  return {
    before: t > 0 ? hidden.at(t - 1, unit) : 0,
    h,
    recurrent,
    drive: sum - recurrent,
    sum,
    slope: by,
    own: by * (row?.[unit] ?? Number.NaN),
    all: by * Math.sqrt(squares),
  }
}
