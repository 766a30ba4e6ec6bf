import type { CellPath } from '../cells/cell.ts'
import { type FusedCell, type RecurrentPart, stateAt } from './cell.ts'
import { ForwardPass } from './forward-pass.ts'
import type { Address, Kernels } from './kernels.ts'
import { examplesOf, type Lane, partOf, type Range } from './lane.ts'
import { type BackwardPlan, rowsAtOnce, timeOf, totalOf } from './plan.ts'

/** A lane's view of a layer on its way back. Names are those of the forward pass, for the gradients of what has them there. */
export class BackwardPass {
  readonly forward: ForwardPass
  readonly #plan: BackwardPlan

  constructor(forward: ForwardPass, plan: BackwardPlan) {
    this.forward = forward
    this.#plan = plan
  }

  /** dL/d(arguments of the gates) of step `t`. */
  gates(t: number): Address {
    return this.forward.row(this.#plan.gates, t, this.forward.gatesLine)
  }

  /** The gradient of `hidden` (in total), `cell` or an array of the forward pass, at step `t`. */
  at(name: string, t: number): Address {
    return this.forward.state(this.#plan.arrays[name] as Address, t)
  }

  /** Where a path of dL/dc is kept; 0 where nobody asked. */
  path(name: CellPath, t: number): Address {
    const array = this.#plan.paths[name]
    return array === undefined ? 0 : this.forward.state(array, t)
  }

  /** Takes the norms of step `t`, whose gradients are complete, where they are asked for. */
  measure(t: number): void {
    const { forward } = this
    for (const [name, norms] of Object.entries(this.#plan.norms)) {
      forward.kernels.squaredNorms(forward.rows(t), forward.units, this.at(name, t), forward.row(norms, t, 8))
    }
  }

  /** Adds what comes back through a part's weights: dL/dz_t W_hh to dL/dh_{t-1}, as a rule. */
  recur(t: number, index = 0): void {
    const { forward } = this
    const { from, to, reads, into } = forward.cell.parts[index] as RecurrentPart
    if (t === 0 && !reads) return // the state before the first step is no parameter
    const target = reads ? this.at(reads, t) : this.at('hidden', t - 1)
    const depth = (to - from) * forward.units
    const [source, line] = into
      ? [this.at(into, t), depth * 4]
      : [this.gates(t) + from * forward.line, forward.gatesLine]
    const packed = this.#plan.recurrent[index] as Address
    const rows = forward.rows(t)
    forward.kernels.multiply(rows, forward.units, depth, source, line, 4, packed, target, forward.line, 1)
  }
}

/**
 * Runs a layer back: every lane its own examples through time, then its own rows of the weights' gradients.
 * Each of these is one sum over all rows in their order, so bits do not depend on how many lanes there are.
 */
export function runBackward(kernels: Kernels, plan: BackwardPlan, cell: FusedCell, lane: Lane): void {
  const forward = new ForwardPass(kernels, plan.forward, cell, examplesOf(plan.forward, lane))
  const pass = new BackwardPass(forward, plan)
  for (let t = timeOf(plan.forward) - 1; t >= 0; t--) {
    if (forward.rows(t) === 0) continue
    cell.backward(pass, t)
    pass.measure(t)
  }
  lane.meet()
  if (plan.parameters.weight_hh !== undefined) {
    addBiases(kernels, plan, cell, lane)
    addWeights(kernels, plan, cell, lane)
    addDiagonals(kernels, plan, cell, lane)
  }
  if (plan.inputs) findInputs(kernels, plan, partOf(totalOf(plan.forward), lane))
}

/** Every use of a part's blocks, in parts of rows: where dL/dz lies, and the distance between its rows. */
function sourceOf({ forward, gates, arrays }: BackwardPlan, { from, to, into }: RecurrentPart) {
  const line = forward.units * 4
  if (!into) return { at: gates + from * line, step: forward.blocks * line }
  return { at: stateAt(forward, arrays[into] as Address, 0), step: (to - from) * line }
}

/** A bias takes part in every row. b_ih and b_hh share their gradient but in parts that are kept apart. */
function addBiases(kernels: Kernels, plan: BackwardPlan, { parts }: FusedCell, lane: Lane): void {
  const { forward, parameters } = plan
  const line = forward.units * 4
  const add = (source: Address, step: number, target: Address, [first, last]: Range) =>
    chunks(totalOf(forward), (row, rows) =>
      kernels.addRows(rows, last - first, source + row * step + first * 4, step, target + first * 4),
    )
  for (const part of parts) {
    const own = partOf((part.to - part.from) * forward.units, lane)
    const [first, last] = own
    const input = (parameters.bias_ih as Address) + part.from * line
    const hidden = (parameters.bias_hh as Address) + part.from * line
    add(plan.gates + part.from * line, forward.blocks * line, input, own)
    if (part.into) {
      const { at, step } = sourceOf(plan, part)
      add(at, step, hidden, own)
    } else kernels.fillRows(1, last - first, input + first * 4, forward.zeros, hidden + first * 4, 0)
  }
}

/** dW_ih = sum over rows of dL/dz x^T, dW_hh likewise with what the weights acted on. */
function addWeights(kernels: Kernels, plan: BackwardPlan, { parts }: FusedCell, lane: Lane): void {
  const { forward, parameters, before } = plan
  const { units, width, blocks } = forward
  const room = plan.rooms[lane.index] as Address
  const add = (source: Address, step: number, right: Address, columns: number, target: Address, own: Range) => {
    const [first, last] = own
    if (first === last) return
    const to = target + first * columns * 4
    chunks(totalOf(forward), (row, rows) => {
      kernels.pack(right + row * columns * 4, columns, 4, rows, columns * 4, room)
      const from = source + row * step + first * 4
      kernels.multiply(last - first, columns, rows, from, 4, step, room, to, columns * 4, 1)
    })
  }
  const all = partOf(blocks * units, lane)
  add(plan.gates, blocks * units * 4, forward.inputs, width, parameters.weight_ih as Address, all)
  for (const part of parts) {
    const { at, step } = sourceOf(plan, part)
    const right = part.reads ? stateAt(forward, forward.arrays[part.reads] as Address, 0) : before
    const target = (parameters.weight_hh as Address) + part.from * units * units * 4
    add(at, step, right, units, target, partOf((part.to - part.from) * units, lane))
  }
}

/** The gradient of a diagonal weight: the sum over rows of dL/dz times what it acts on. */
function addDiagonals(kernels: Kernels, plan: BackwardPlan, { diagonals = [] }: FusedCell, lane: Lane): void {
  const { forward, gates, parameters } = plan
  const line = forward.units * 4
  const [first, last] = partOf(forward.units, lane)
  for (const { name, block, sees, back } of diagonals) {
    for (let t = 0; t < timeOf(forward); t++) {
      const start = forward.starts[t] as number
      const rows = (forward.starts[t + 1] as number) - start
      const gradient = gates + (start * forward.blocks + block) * line + first * 4
      const seen = stateAt(forward, forward.arrays[sees] as Address, t - back) + first * 4
      const to = (parameters[name] as Address) + first * 4
      kernels.addProducts(rows, last - first, gradient, forward.blocks * line, seen, line, to)
    }
  }
}

/** dL/dx = dL/dz W_ih. */
function findInputs(kernels: Kernels, plan: BackwardPlan, [first, last]: Range): void {
  const { units, blocks, width } = plan.forward
  const depth = blocks * units
  const from = plan.gates + first * depth * 4
  const to = plan.inputs + first * width * 4
  kernels.multiply(last - first, width, depth, from, depth * 4, 4, plan.projection, to, width * 4, 0)
}

function chunks(total: number, each: (first: number, rows: number) => void): void {
  for (let first = 0; first < total; first += rowsAtOnce) each(first, Math.min(rowsAtOnce, total - first))
}
