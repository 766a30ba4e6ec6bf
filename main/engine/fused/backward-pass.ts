import type { Floats } from '../../../shared/ndarray.ts'
import type { CellPath } from '../cells/cell.ts'
import type { BackwardDetail, LayerGradients } from '../layers/layer.ts'
import { Lease } from './arena.ts'
import type { RecurrentPart } from './cell.ts'
import { type ForwardPass, packedSize } from './forward-pass.ts'
import type { Address } from './kernels.ts'
import { readBlocks } from './weights.ts'

/** Rows that a product over all steps takes at a time; as deep as a block in kernels/pack.ts. */
const rowsAtOnce = 256

/**
 * One way back through a layer that was run forward, from dL/dh_t as it comes from outside. Arrays have the
 * names of the forward pass and hold the gradients of what has that name there.
 */
export class BackwardPass {
  readonly forward: ForwardPass
  readonly #lease: Lease
  readonly #detail: BackwardDetail
  /** dL/d(arguments of the gates), [rows, blocks * units]. */
  readonly #gates: Address
  readonly #arrays = new Map<string, Address>()
  /** Of the parameters, laid out as the forward pass has them. */
  readonly #parameters = new Map<string, { at: Address; line: number }>()
  /** W_hh by part, packed as right factors. */
  readonly #recurrent: readonly Address[]

  constructor(forward: ForwardPass, gradient: Floats, detail: BackwardDetail) {
    this.forward = forward
    this.#detail = detail
    this.#lease = new Lease(forward.lease.arena)
    const { steps, units, blocks, layer, cell } = forward
    try {
      this.#gates = this.#lease.take(steps.total * blocks * units)
      for (const name of this.#arrayNames()) {
        this.#arrays.set(name, this.#lease.zeros((steps.batch + steps.total) * units))
      }
      steps.gather(gradient, this.#floats, this.at('hidden', 0) / 4, units)
      for (const [name, { shape }] of Object.entries(layer.parameters)) {
        const line = forward.parameterLine(name)
        const rows = ((shape[0] as number) / layer.units) * units
        this.#parameters.set(name, { at: this.#lease.zeros(rows * line), line })
      }
      this.#recurrent = cell.parts.map((part) => this.#packRecurrent(part))
      for (let t = steps.time - 1; t >= 0; t--) cell.backward(this, t)
    } catch (error) {
      this.#lease.release()
      throw error
    }
  }

  /** Products over all steps, and everything as plain arrays. To be called once: it gives the memory back. */
  finish(): LayerGradients {
    try {
      this.#biases()
      this.#weights()
      const inputs = this.#inputs()
      const { cell } = this.forward.layer
      return {
        inputs,
        parameters: Object.fromEntries(
          Object.entries(this.forward.layer.parameters).map(([name, { shape }]) => {
            const { at, line } = this.#parameters.get(name) as { at: Address; line: number }
            return [name, readBlocks(shape, this.forward.layer.units, this.#floats, at / 4, line)]
          }),
        ),
        ...(this.#detail !== 'parameters' && { hidden: this.#read('hidden') }),
        ...(this.#detail !== 'parameters' && cell.hasCellState && { cell: this.#read('cell') }),
        ...(this.#detail === 'paths' && {
          paths: Object.fromEntries(cell.paths.map((path) => [path, this.#read(`cell.${path}`)])),
        }),
      }
    } finally {
      this.#lease.release()
    }
  }

  /** dL/d(arguments of the gates) of step `t`. */
  gates(t: number): Address {
    return this.#gates + this.forward.steps.start(t) * this.forward.gatesLine
  }

  /** The gradient of `hidden` (in total), `cell` or an array of the forward pass, at step `t`. */
  at(name: string, t: number): Address {
    return this.forward.stateAt(this.#arrays.get(name) as Address, t)
  }

  /** Where a path of dL/dc is kept; 0 where nobody asked. */
  path(name: CellPath, t: number): Address {
    return this.#detail === 'paths' ? this.at(`cell.${name}`, t) : 0
  }

  /** The gradient of a parameter, for cells that add to it step by step. */
  parameter(name: string): Address {
    return this.#parameters.get(name)?.at as Address
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
    const packed = this.#recurrent[index] as Address
    const rows = forward.rows(t)
    forward.kernels.multiply(rows, forward.units, depth, source, line, 4, packed, target, forward.line, 1)
  }

  get #floats(): Float32Array {
    return this.#lease.arena.floats
  }

  #arrayNames(): string[] {
    const { cell, parts } = { cell: this.forward.layer.cell, parts: this.forward.cell.parts }
    const apart = parts.flatMap(({ reads, into }) => [reads, into].filter((name) => name !== undefined))
    return [
      'hidden',
      ...(cell.hasCellState ? ['cell'] : []),
      ...(this.#detail === 'paths' ? cell.paths.map((path) => `cell.${path}`) : []),
      ...apart,
    ]
  }

  #packRecurrent({ from, to }: RecurrentPart): Address {
    const { units, line, kernels } = this.forward
    const depth = (to - from) * units
    const at = this.#lease.take(packedSize(units, depth))
    kernels.pack(this.forward.parameter('weight_hh') + from * units * line, units, 4, depth, line, at)
    return at
  }

  /** A bias takes part in every row. What is kept apart has its own gradient; b_ih and b_hh share the others. */
  #biases(): void {
    const { forward } = this
    const { units, line, gatesLine } = forward
    const add = (count: number, from: Address, step: number, to: Address) =>
      this.#chunks((first, rows) => forward.kernels.addRows(rows, count, from + first * step, step, to))
    add(forward.blocks * units, this.#gates, gatesLine, this.parameter('bias_ih'))
    for (const { from, to, into } of forward.cell.parts) {
      const count = (to - from) * units
      const target = this.parameter('bias_hh') + from * line
      if (into) add(count, this.at(into, 0), count * 4, target)
      else {
        const source = (this.parameter('bias_ih') + from * line) / 4
        this.#floats.copyWithin(target / 4, source, source + count)
      }
    }
  }

  /** dW_ih = sum over rows of dL/dz x^T, dW_hh likewise with what the weights acted on. */
  #weights(): void {
    const { forward } = this
    const { units, line, gatesLine, width } = forward
    const room = this.#lease.take(packedSize(Math.max(width, units), rowsAtOnce))
    const before = this.#statesBefore()
    const add = (count: number, from: Address, step: number, right: Address, columns: number, to: Address) =>
      this.#chunks((first, rows) => {
        forward.kernels.pack(right + first * columns * 4, columns, 4, rows, columns * 4, room)
        forward.kernels.multiply(count, columns, rows, from + first * step, 4, step, room, to, columns * 4, 1)
      })
    add(forward.blocks * units, this.#gates, gatesLine, forward.inputs, width, this.parameter('weight_ih'))
    for (const { from, to, reads, into } of forward.cell.parts) {
      const count = (to - from) * units
      const target = this.parameter('weight_hh') + from * units * line
      const right = reads ? forward.at(reads, 0) : before
      if (into) add(count, this.at(into, 0), count * 4, right, units, target)
      else add(count, this.#gates + from * line, gatesLine, right, units, target)
    }
  }

  /** h_{t-1} of every row. Where all examples are as long, they lie in a row already, zeros first. */
  #statesBefore(): Address {
    const { forward } = this
    const { steps, units } = forward
    if (steps.even) return forward.at('hidden', -1)
    const at = this.#lease.take(steps.total * units)
    for (let t = 0; t < steps.time; t++) {
      const from = forward.at('hidden', t - 1) / 4
      this.#floats.copyWithin(at / 4 + steps.start(t) * units, from, from + steps.rows(t) * units)
    }
    return at
  }

  /** dL/dx = dL/dz W_ih. */
  #inputs(): Floats {
    const { forward } = this
    const { kernels, units, blocks, width, gatesLine, steps } = forward
    const packed = this.#lease.take(packedSize(width, blocks * units))
    const at = this.#lease.take(steps.total * width)
    kernels.pack(forward.parameter('weight_ih'), width, 4, blocks * units, width * 4, packed)
    kernels.multiply(steps.total, width, blocks * units, this.#gates, gatesLine, 4, packed, at, width * 4, 0)
    return steps.scatter(this.#floats, at / 4, width, width)
  }

  #read(name: string): Floats {
    const { steps, units, layer } = this.forward
    return steps.scatter(this.#floats, this.at(name, 0) / 4, units, layer.units)
  }

  #chunks(each: (first: number, rows: number) => void): void {
    const { total } = this.forward.steps
    for (let first = 0; first < total; first += rowsAtOnce) each(first, Math.min(rowsAtOnce, total - first))
  }
}
