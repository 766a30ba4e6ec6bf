import type { Floats } from '../../shared/ndarray.ts'
import type { Recurrent, State } from './cells/cell.ts'
import { type Layer, parametersAt } from './layers/layer.ts'
import { stepOf } from './layers/step.ts'
import { largestEntry, largestSingularValue, multiply } from './linalg.ts'
import { Sloped } from './slopes.ts'

/** What a layer read and how it went, [T, B, D] and [T, B, H]. */
export interface Ran {
  readonly inputs: Floats
  readonly hidden: Floats
  readonly cell?: Floats
}

export interface JacobianNorms {
  /** Largest singular value of J_t = d state_t / d state_{t-1}, [B, T]; 0 at t = 0 and where padded. */
  readonly jacobian: Float32Array
  /** (1/(T-1)) log sigma_max(J_{T-1} ... J_1) of each example's real steps, [B]; NaN for T = 1. */
  readonly lyapunov: Float32Array
}

/**
 * Jacobians of one layer, in float64: the cell's own step from each state that was reached, run on values
 * that carry their slopes. The cost grows with H^3 for each step of each example.
 */
export function jacobianNorms(layer: Layer, ran: Ran, lengths: readonly number[]): JacobianNorms {
  const states = ran.cell ? 2 : 1
  const size = states * layer.units
  const [time, batch] = ran.hidden.shape as [number, number]
  const jacobian = new Float32Array(batch * time)
  const products = lengths.map(() => ({ matrix: identity(size), log: 0 }))

  let weights: Weights | undefined
  for (let t = 1; t < Math.max(...lengths); t++) {
    weights = weightsAt(layer, t, weights)
    for (let b = 0; b < batch; b++) {
      if (t >= (lengths[b] as number)) continue
      const matrix = stepJacobian(layer, weights, ran, t, t * batch + b, (t - 1) * batch + b)
      jacobian[b * time + t] = largestSingularValue(matrix, size)
      const product = products[b] as { matrix: Float64Array; log: number }
      rescale(product, multiply(matrix, product.matrix, size))
    }
  }
  const lyapunov = lengths.map((length, b) => {
    const { matrix, log } = products[b] as { matrix: Float64Array; log: number }
    return length < 2 ? Number.NaN : (log + Math.log(largestSingularValue(matrix, size))) / (length - 1)
  })
  return { jacobian, lyapunov: Float32Array.from(lyapunov) }
}

/** Keeps a long product in range: its largest entry becomes 1 and the factor goes to the logarithm. */
function rescale(product: { matrix: Float64Array; log: number }, next: Float64Array): void {
  const largest = largestEntry(next)
  if (largest > 0) {
    for (let k = 0; k < next.length; k++) next[k] = (next[k] as number) / largest
    product.log += Math.log(largest)
  }
  product.matrix = next // all zero gives -Infinity in the end, NaN stays NaN
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1
  return matrix
}

/** A layer's weights at one time step, in float64. */
interface Weights {
  /** As they came: shared weights are the same object at every step. */
  readonly of: Floats
  /** W_ih [G*H, D] and b_ih [G*H]. */
  readonly input: Floats
  readonly bias: Floats
  readonly recurrent: Recurrent<Sloped>
}

function weightsAt(layer: Layer, t: number, before: Weights | undefined): Weights {
  const parameters = parametersAt(layer, t)
  const get = (name: string) => parameters[name] as Floats
  const weight = get('weight_hh')
  if (before?.of === weight) return before
  const [rows, units] = weight.shape as [number, number]
  const turned = new Float64Array(rows * units)
  for (let k = 0; k < turned.length; k++) turned[(k % units) * rows + Math.floor(k / units)] = weight.data[k] as number
  const row = (name: string) => Sloped.constant(get(name).data.length, Float64Array.from(get(name).data))
  return {
    of: weight,
    input: get('weight_ih'),
    bias: get('bias_ih'),
    recurrent: {
      weight: Sloped.constant(rows, turned),
      bias: row('bias_hh'),
      peepholes: Object.fromEntries((layer.cell.peepholes ?? []).map((name) => [name, row(name)])),
    },
  }
}

/** J of one step of one example, [size, size]; `at` and `before` are rows of [T*B, ...]. */
function stepJacobian(layer: Layer, weights: Weights, ran: Ran, t: number, at: number, before: number) {
  const { units } = layer
  const parts = ran.cell ? [ran.hidden, ran.cell] : [ran.hidden]
  const size = parts.length * units
  const [h, c] = parts.map(({ data }, index) =>
    Sloped.state(Float64Array.from(data.subarray(before * units, (before + 1) * units)), index, parts.length),
  )
  const state = { h, ...(c && { c }) } as State<Sloped>
  const drive = driveAt(weights, ran.inputs, at)
  const next = stepOf(layer, t, drive, state, weights.recurrent, (_name, value) => value, constant).state
  const jacobian = new Float64Array(size * size)
  for (const [to, value] of [next.h, ...(next.c ? [next.c] : [])].entries()) {
    for (const from of parts.keys()) value.writeSlope(from, jacobian, size, to * units, from * units)
  }
  return jacobian
}

const constant = (values: Float64Array) => Sloped.constant(values.length, values)

/** W_ih x + b_ih of row `at` of the inputs. */
function driveAt({ input, bias }: Weights, inputs: Floats, at: number): Sloped {
  const width = inputs.shape[2] as number
  const drive = Float64Array.from(bias.data)
  for (let row = 0; row < drive.length; row++) {
    let sum = drive[row] as number
    for (let d = 0; d < width; d++) {
      sum += (input.data[row * width + d] as number) * (inputs.data[at * width + d] as number)
    }
    drive[row] = sum
  }
  return Sloped.constant(drive.length, drive)
}
