import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { cellById } from '../cells/catalogue.ts'
import type { State } from '../cells/cell.ts'
import { largestSingularValue } from '../linalg.ts'
import { losses } from '../losses.ts'
import { headWeights64, inputsAt, layerWeights64, type Problem } from './loss64.ts'
import { Matrix64 } from './matrix64.ts'

/** Central differences of one step in float64: the error is about 1e-10 of the Jacobian. */
const nudge = 1e-5

/** What the Jacobians of a model of one layer and a head at the last step say about it. */
export interface Chain {
  /** flow(t) of h, [T], by steps back from each example's own last step; NaN where none is that long. */
  readonly hidden: Floats
  /** The same of c, where the cell has one. */
  readonly cell?: Floats
  /** Largest singular value of J_t = d[h_t; c_t] / d[h_{t-1}; c_{t-1}], [B, T]; 0 at t = 0 and where padded. */
  readonly jacobian: Floats
}

/**
 * Flow without a backward pass: the length of (J_T ... J_{t+1})^T g, from the Jacobian of every step, each
 * found by nudging the cell's own step function in float64, and g = d e / d h_T of the head.
 */
export function jacobianChain(problem: Problem): Chain {
  const [batch, time] = problem.inputs.shape as [number, number]
  const hasCell = cellById(problem.config.cell).hasCellState
  const squares = { hidden: new Float64Array(time), cell: new Float64Array(time) }
  const counts = new Float64Array(time)
  const jacobian = new Float32Array(batch * time)
  for (const [b, length] of problem.lengths.entries()) {
    for (const { t, hidden, cell, sigma } of walkBack(problem, b, length)) {
      const entry = t + time - length
      squares.hidden[entry] = (squares.hidden[entry] as number) + hidden
      squares.cell[entry] = (squares.cell[entry] as number) + cell
      counts[entry] = (counts[entry] as number) + 1
      jacobian[b * time + t] = sigma
    }
  }
  const flow = (sums: Float64Array) =>
    ndarray(
      [time],
      Float32Array.from(sums, (sum, t) => Math.sqrt(sum / (counts[t] as number))),
    )
  return {
    hidden: flow(squares.hidden),
    ...(hasCell && { cell: flow(squares.cell) }),
    jacobian: ndarray([batch, time], jacobian),
  }
}

/** From an example's last step to its first: the squared lengths of d e / d h_t and d e / d c_t, and sigma of J_t. */
function* walkBack(problem: Problem, b: number, length: number) {
  const steps = stepsOf(problem, b, length)
  const units = problem.config.hiddenSize
  const last = steps.at(-1) as OneStep
  let arriving = new Float64Array(last.after.data.length)
  arriving.set(headGradient(problem, b, new Matrix64(1, units, last.after.data.slice(0, units))))
  for (let t = length - 1; t >= 0; t--) {
    const { jacobian, ofCell } = steps[t] as OneStep
    const ofState = jacobian()
    yield {
      t,
      hidden: squared(arriving.subarray(0, units)),
      cell: ofCell ? squared(timesTransposed(arriving, ofCell())) : 0,
      // Of the transposed, which has the same singular values.
      sigma: t === 0 ? 0 : largestSingularValue(ofState.data, ofState.rows),
    }
    arriving = timesTransposed(arriving, ofState)
  }
}

interface OneStep {
  /** [h_t; c_t] in one row. */
  readonly after: Matrix64
  /** d[h_t; c_t] / d[h_{t-1}; c_{t-1}], a row for each entry of what came before. */
  jacobian(): Matrix64
  /** d[h_t; c_t] / d c_t, c_t as it is before h_t reads it, of cells that have one. */
  readonly ofCell?: () => Matrix64
}

/** The steps of one example on its own, from a zero state. */
function stepsOf({ config, parameters, inputs }: Problem, b: number, length: number): OneStep[] {
  const cell = cellById(config.cell)
  const units = config.hiddenSize
  const weightsAt = layerWeights64(config, parameters, 0)
  const size = cell.hasCellState ? 2 * units : units
  let before = new Matrix64(1, size)
  return Array.from({ length }, (_, t) => {
    const { drive, recurrent } = weightsAt(t)
    const all = inputsAt(config, parameters, inputs, t)
    const driven = drive(new Matrix64(1, all.columns, all.data.slice(b * all.columns, (b + 1) * all.columns)))
    const advance = (rows: Matrix64, atCell?: Matrix64): Matrix64 => {
      const [h, c] = rows.split(size / units, 1)
      const state = { h, ...(c && { c }) } as State<Matrix64>
      const tap = (name: string, value: Matrix64) => (name === 'cell' && atCell ? value.add(atCell) : value)
      const next = cell.step(driven, state, recurrent, tap, config.activation).state
      return next.c ? sideBySide(next.h, next.c) : next.h
    }
    const start = before
    const after = advance(start)
    before = after
    return {
      after,
      jacobian: () => slopes(size, (moved) => advance(moved.add(start))),
      ...(cell.hasCellState && { ofCell: () => slopes(units, (moved) => advance(start, moved)) }),
    }
  })
}

/** A row for each of `count` entries: how fast the result moves with that entry. */
function slopes(count: number, moved: (rows: Matrix64) => Matrix64): Matrix64 {
  const eye = new Matrix64(count, count)
  for (let j = 0; j < count; j++) eye.data[j * count + j] = nudge
  return moved(eye)
    .sub(moved(eye.mul(-1)))
    .mul(1 / (2 * nudge))
}

/** d e_b / d h at the last step, [H]: the loss's gradient, back through the head. */
function headGradient({ config, parameters, targets }: Problem, b: number, hidden: Matrix64): Float64Array {
  const { weight, bias } = headWeights64(parameters)
  const output = hidden.matMul(weight).add(bias)
  const gradient = new Float64Array(config.outputSize)
  const width = config.loss === 'cross-entropy' ? 1 : config.outputSize
  losses[config.loss](output.data, (k) => targets.data[b * width + k] as number, gradient)
  return new Matrix64(1, config.outputSize, gradient).matMul(weight.transpose()).data
}

/** What arrives before a step from what arrives after it; the Jacobian has a row for each entry before. */
function timesTransposed(arriving: Float64Array, jacobian: Matrix64): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: jacobian.rows }, (_, j) =>
    arriving.reduce((sum, value, i) => sum + value * (jacobian.data[j * jacobian.columns + i] as number), 0),
  )
}

function sideBySide(left: Matrix64, right: Matrix64): Matrix64 {
  const rows = Math.max(left.rows, right.rows)
  const joined = new Matrix64(rows, left.columns + right.columns)
  for (let row = 0; row < rows; row++) {
    for (const [side, from] of [
      [left, 0],
      [right, left.columns],
    ] as const) {
      const own = side.rows === 1 ? 0 : row * side.columns // one row stands for all
      joined.data.set(side.data.subarray(own, own + side.columns), row * joined.columns + from)
    }
  }
  return joined
}

function squared(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0)
}
