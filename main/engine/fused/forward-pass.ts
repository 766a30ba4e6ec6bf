import { type FusedCell, type RecurrentPart, stateAt } from './cell.ts'
import type { Address, Kernels } from './kernels.ts'
import { examplesOf, type Lane, partOf, type Range } from './lane.ts'
import { type ForwardPlan, timeOf, totalOf } from './plan.ts'

/** A lane's view of a layer on its way forward: its own examples, step by step. */
export class ForwardPass {
  readonly kernels: Kernels
  readonly plan: ForwardPlan
  readonly cell: FusedCell
  readonly #first: number
  readonly #last: number

  constructor(kernels: Kernels, plan: ForwardPlan, cell: FusedCell, [first, last]: Range) {
    this.kernels = kernels
    this.plan = plan
    this.cell = cell
    this.#first = first
    this.#last = last
  }

  get units(): number {
    return this.plan.units
  }
  /** Bytes of a row of units, and of a row of all blocks. */
  get line(): number {
    return this.plan.units * 4
  }
  get gatesLine(): number {
    return this.plan.blocks * this.line
  }

  /** Of the lane's examples, those that are running at step `t`. */
  rows(t: number): number {
    const { starts } = this.plan
    const running = (starts[t + 1] as number) - (starts[t] as number)
    return Math.max(0, Math.min(running, this.#last) - this.#first)
  }

  /** Where the lane's rows of step `t` begin in an array of `line` bytes a row. */
  row(array: Address, t: number, line: number): Address {
    return array + ((this.plan.starts[t] as number) + this.#first) * line
  }

  /** The gates of step `t`, [rows, blocks * units]. */
  gates(t: number): Address {
    return this.row(this.plan.gates, t, this.gatesLine)
  }

  /** Likewise in an array of units; -1 is the state before the first step. */
  state(array: Address, t: number): Address {
    return stateAt(this.plan, array, t) + this.#first * this.line
  }

  /** `hidden` or one of the arrays that the cell keeps, at step `t`, [rows, units]. */
  at(name: string, t: number): Address {
    return this.state(this.plan.arrays[name] as Address, t)
  }

  parameter(name: string): Address {
    return this.plan.parameters[name] as Address
  }

  /** Adds what a part's weights make of the state: W_hh h_{t-1} to the gates' arguments, as a rule. */
  recur(t: number, index = 0): void {
    const { from, to, reads, into } = this.cell.parts[index] as RecurrentPart
    const source = reads ? this.at(reads, t) : this.at('hidden', t - 1)
    const target = into ? this.at(into, t) : this.gates(t) + from * this.line
    const columns = (to - from) * this.units
    const line = into ? columns * 4 : this.gatesLine
    const packed = this.plan.recurrent[index] as Address
    this.kernels.multiply(this.rows(t), columns, this.units, source, this.line, 4, packed, target, line, 1)
  }
}

/** Runs a layer forward. Bits do not depend on how many lanes there are: nothing is summed across examples. */
export function runForward(kernels: Kernels, plan: ForwardPlan, cell: FusedCell, lane: Lane): void {
  project(kernels, plan, cell, partOf(totalOf(plan), lane))
  lane.meet()
  const pass = new ForwardPass(kernels, plan, cell, examplesOf(plan, lane))
  for (let t = 0; t < timeOf(plan) && pass.rows(t) > 0; t++) cell.forward(pass, t)
}

/** W_ih x_t + b_ih + b_hh of all steps at once; b_hh of a part that is kept apart goes there. */
function project(kernels: Kernels, plan: ForwardPlan, cell: FusedCell, [first, last]: Range): void {
  const { units, blocks, width, zeros } = plan
  const [line, rows] = [units * 4, last - first]
  if (rows === 0) return
  const gates = plan.gates + first * blocks * line
  const [input, hidden] = [plan.parameters.bias_ih, plan.parameters.bias_hh] as [Address, Address]
  for (const { from, to, into } of cell.parts) {
    const count = (to - from) * units
    const at = from * line
    kernels.fillRows(rows, count, input + at, into ? zeros : hidden + at, gates + at, blocks * line)
    if (!into) continue
    const apart = stateAt(plan, plan.arrays[into] as Address, 0) + first * count * 4
    kernels.fillRows(rows, count, hidden + at, zeros, apart, count * 4)
  }
  const inputs = plan.inputs + first * width * 4
  kernels.multiply(rows, blocks * units, width, inputs, width * 4, 4, plan.projection, gates, blocks * line, 1)
}
