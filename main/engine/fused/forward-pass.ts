import type { Floats } from '../../../shared/ndarray.ts'
import type { Layer, Sequence } from '../layers/layer.ts'
import { type Arena, Lease } from './arena.ts'
import type { FusedCell, RecurrentPart } from './cell.ts'
import type { Address, Kernels } from './kernels.ts'
import { Steps } from './steps.ts'
import { padded, writeBlocks } from './weights.ts'

/**
 * A layer in the kernels' memory on its way forward. Arrays of units hold a row for every real step (see
 * Steps), and in front of them rows of zeros for the state before the first step.
 */
export class ForwardPass {
  readonly kernels: Kernels
  readonly layer: Layer
  readonly cell: FusedCell
  readonly lengths: readonly number[]
  readonly steps: Steps
  readonly lease: Lease
  /** H, filled up to whole vectors. */
  readonly units: number
  /** Blocks of rows in the weights. */
  readonly blocks: number
  /** D. */
  readonly width: number
  /** x of every row, [rows, D]. */
  readonly inputs: Address
  readonly #gates: Address
  readonly #arrays = new Map<string, Address>()
  readonly #parameters = new Map<string, Address>()
  /** W_hh^T by part, packed as right factors. */
  readonly #recurrent: readonly Address[]

  constructor(kernels: Kernels, arena: Arena, cell: FusedCell, layer: Layer, { inputs, lengths }: Sequence) {
    this.kernels = kernels
    this.layer = layer
    this.cell = cell
    this.lengths = lengths
    this.steps = new Steps(inputs.shape[0] as number, lengths)
    this.lease = new Lease(arena)
    this.units = padded(layer.units)
    this.blocks = layer.cell.rows.length
    this.width = inputs.shape[2] as number
    const { total } = this.steps
    try {
      this.inputs = this.lease.take(total * this.width)
      this.steps.gather(inputs, arena.floats, this.inputs / 4, this.width)
      this.#gates = this.lease.take(total * this.blocks * this.units)
      for (const name of ['hidden', ...cell.keeps]) this.#arrays.set(name, this.stateArray(this.lease))
      this.#load(layer.parameters)
      const work = new Lease(arena)
      this.#recurrent = cell.parts.map((part) => this.#packRecurrent(part, work))
      this.#project(work)
      for (let t = 0; t < this.steps.time; t++) cell.forward(this, t)
      work.release()
    } catch (error) {
      this.lease.release()
      throw error
    }
  }

  /** Bytes of a row of units, and of a row of all blocks. */
  get line(): number {
    return this.units * 4
  }
  get gatesLine(): number {
    return this.blocks * this.line
  }

  /** Room for a row of units of every step and of the one before the first; that one is 0. */
  stateArray(lease: Lease): Address {
    const at = lease.take((this.steps.batch + this.steps.total) * this.units)
    lease.arena.floats.fill(0, at / 4, at / 4 + this.steps.batch * this.units)
    return at
  }

  /** Where step `t` begins in an array made by stateArray; -1 is the state before the first step. */
  stateAt(array: Address, t: number): Address {
    return t < 0 ? array : array + (this.steps.batch + this.steps.start(t)) * this.line
  }

  rows(t: number): number {
    return this.steps.rows(t)
  }

  /** The gates of step `t`, [rows, blocks * units]. */
  gates(t: number): Address {
    return this.#gates + this.steps.start(t) * this.gatesLine
  }

  /** `hidden` or one of the arrays that the cell keeps, at step `t`, [rows, units]. */
  at(name: string, t: number): Address {
    return this.stateAt(this.#arrays.get(name) as Address, t)
  }

  /** An array of units as [T, B, H]. */
  read(name: string): Floats {
    return this.steps.scatter(this.lease.arena.floats, this.at(name, 0) / 4, this.units, this.layer.units)
  }

  /** A block of the gates likewise. */
  readBlock(block: number): Floats {
    const from = (this.gates(0) + block * this.line) / 4
    return this.steps.scatter(this.lease.arena.floats, from, this.blocks * this.units, this.layer.units)
  }

  parameter(name: string): Address {
    return this.#parameters.get(name) as Address
  }

  /** Floats in a row of a parameter as it lies here. */
  parameterLine(name: string): number {
    return { weight_ih: this.width, weight_hh: this.units }[name] ?? 1
  }

  /** Adds what a part's weights make of the state: W_hh h_{t-1} to the gates' arguments, as a rule. */
  recur(t: number, index = 0): void {
    const { from, to, reads, into } = this.cell.parts[index] as RecurrentPart
    const source = reads ? this.at(reads, t) : this.at('hidden', t - 1)
    const target = into ? this.at(into, t) : this.gates(t) + from * this.line
    const columns = (to - from) * this.units
    const line = into ? columns * 4 : this.gatesLine
    const packed = this.#recurrent[index] as Address
    this.kernels.multiply(this.rows(t), columns, this.units, source, this.line, 4, packed, target, line, 1)
  }

  #load(parameters: Layer['parameters']): void {
    const { diagonals = [] } = this.cell
    const together = this.lease.take(diagonals.length * this.units)
    for (const [name, array] of Object.entries(parameters)) {
      const line = this.parameterLine(name)
      const blocks = (array.shape[0] as number) / this.layer.units
      const place = diagonals.indexOf(name)
      const at = place < 0 ? this.lease.take(blocks * this.units * line) : together + place * this.line
      writeBlocks(array, this.layer.units, this.lease.arena.floats, at / 4, line)
      this.#parameters.set(name, at)
    }
  }

  #packRecurrent({ from, to }: RecurrentPart, work: Lease): Address {
    const columns = (to - from) * this.units
    const at = work.take(packedSize(columns, this.units))
    const weight = this.parameter('weight_hh') + from * this.units * this.line
    this.kernels.pack(weight, columns, this.line, this.units, 4, at)
    return at
  }

  /** W_ih x_t + b_ih + b_hh of all steps at once; b_hh of a part that is kept apart goes there. */
  #project(work: Lease): void {
    const { kernels, units, width } = this
    const { total } = this.steps
    const zeros = work.zeros(units)
    const biases = [this.parameter('bias_ih'), this.parameter('bias_hh')] as const
    for (const { from, to, into } of this.cell.parts) {
      const [first, second] = biases.map((bias) => bias + from * this.line) as [Address, Address]
      const count = (to - from) * units
      const gates = this.gates(0) + from * this.line
      if (!into) kernels.fillRows(total, count, first, second, gates, this.gatesLine)
      else {
        kernels.fillRows(total, count, first, zeros, gates, this.gatesLine)
        kernels.fillRows(total, count, second, zeros, this.at(into, 0), count * 4)
      }
    }
    const columns = this.blocks * units
    const packed = work.take(packedSize(columns, width))
    kernels.pack(this.parameter('weight_ih'), columns, width * 4, width, 4, packed)
    kernels.multiply(total, columns, width, this.inputs, width * 4, 4, packed, this.gates(0), this.gatesLine, 1)
  }
}

/** Floats of a right factor when it is packed. */
export const packedSize = (columns: number, depth: number): number => Math.ceil(columns / 8) * 8 * depth
