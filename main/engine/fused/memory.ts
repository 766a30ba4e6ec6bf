import type { Floats } from '../../../shared/ndarray.ts'
import type { CellPath } from '../cells/cell.ts'
import type { BackwardDetail, Layer, LayerGradients, Sequence } from '../layers/layer.ts'
import { type Arena, Lease } from './arena.ts'
import { type FusedCell, type RecurrentPart, stateAt } from './cell.ts'
import type { Address, Kernels } from './kernels.ts'
import { type BackwardPlan, type ForwardPlan, packedSize, rowsAtOnce, totalOf } from './plan.ts'
import { Steps } from './steps.ts'
import { padded, readBlocks, writeBlocks } from './weights.ts'

/** As kernels/rnn.ts counts them. */
const activations = ['tanh', 'relu', 'sigmoid', 'identity'] as const

/** What a pass back is to find, and how many lanes it has. */
interface Asked {
  readonly detail: BackwardDetail
  readonly inputs: boolean
  readonly parameters: boolean
  readonly lanes: number
}

/** A layer in the kernels' memory: written there for a pass, and read from there. */
export class LayerMemory {
  readonly layer: Layer
  readonly cell: FusedCell
  readonly lengths: readonly number[]
  readonly plan: ForwardPlan
  readonly #kernels: Kernels
  readonly #steps: Steps
  readonly #lease: Lease

  /** Throws LabError `out-of-memory` when memory cannot hold it. */
  constructor(kernels: Kernels, arena: Arena, cell: FusedCell, layer: Layer, { inputs, lengths }: Sequence) {
    this.layer = layer
    this.cell = cell
    this.lengths = lengths
    this.#kernels = kernels
    this.#steps = new Steps(inputs.shape[0] as number, lengths)
    this.#lease = new Lease(arena)
    try {
      this.plan = this.#write(inputs)
    } catch (error) {
      this.release()
      throw error
    }
  }

  /** An array of units as [T, B, H]. */
  read(name: string): Floats {
    return this.#readState(this.plan.arrays[name] as Address)
  }

  /** A block of the gates likewise. */
  readBlock(block: number): Floats {
    const { gates, units, blocks } = this.plan
    return this.#steps.scatter(this.#floats, gates / 4 + block * units, blocks * units, this.layer.units)
  }

  release(): void {
    this.#lease.release()
  }

  /** Runs `back` with what a pass back needs, from dL/dh as it comes from outside, and reads what it found. */
  backward(gradient: Floats, asked: Asked, back: (plan: BackwardPlan) => void): LayerGradients {
    const lease = new Lease(this.#lease.arena)
    try {
      const plan = this.#planBack(lease, gradient, asked)
      back(plan)
      return this.#readBack(plan, asked)
    } finally {
      lease.release()
    }
  }

  get #floats(): Float32Array {
    return this.#lease.arena.floats
  }

  #write(inputs: Floats): ForwardPlan {
    const { layer, cell } = this
    const lease = this.#lease
    const units = padded(layer.units)
    const blocks = layer.cell.rows.length
    const width = inputs.shape[2] as number
    const { total } = this.#steps
    const at = lease.take(total * width)
    const shape = { units, blocks, width, batch: this.#steps.batch, starts: this.#steps.starts }
    const arrays = Object.fromEntries(['hidden', ...cell.keeps].map((name) => [name, this.#states(lease, units)]))
    const gates = lease.take(total * blocks * units)
    const parameters = this.#load(units, width)
    const projection = lease.take(packedSize(blocks * units, width))
    this.#kernels.pack(parameters.weight_ih as Address, blocks * units, width * 4, width, 4, projection)
    const recurrent = cell.parts.map(({ from, to }) => {
      const columns = (to - from) * units
      const packed = lease.take(packedSize(columns, units))
      const weight = (parameters.weight_hh as Address) + from * units * units * 4
      this.#kernels.pack(weight, columns, units * 4, units, 4, packed)
      return packed
    })
    const zeros = lease.zeros(blocks * units)
    this.#steps.gather(inputs, this.#floats, at / 4, width)
    const activation = activations.indexOf(layer.activation ?? 'tanh')
    return { ...shape, cell: cell.id, activation, inputs: at, gates, arrays, parameters, projection, recurrent, zeros }
  }

  /** Room for a row of units of every step and of the one before the first; that one is 0. */
  #states(lease: Lease, units: number): Address {
    const at = lease.take((this.#steps.batch + this.#steps.total) * units)
    lease.arena.floats.fill(0, at / 4, at / 4 + this.#steps.batch * units)
    return at
  }

  #readState(array: Address): Floats {
    return this.#steps.scatter(this.#floats, stateAt(this.plan, array, 0) / 4, this.plan.units, this.layer.units)
  }

  #readNorms(array: Address): Float64Array {
    return this.#steps.scatterEach(new Float64Array(this.#floats.buffer, array, this.#steps.total))
  }

  #load(units: number, width: number): Record<string, Address> {
    const { layer, cell } = this
    const diagonals = cell.diagonals?.map(({ name }) => name) ?? []
    const together = this.#lease.take(diagonals.length * units)
    return Object.fromEntries(
      Object.entries(layer.parameters).map(([name, array]) => {
        const line = lineOf(name, units, width)
        const place = diagonals.indexOf(name)
        const rows = ((array.shape[0] as number) / layer.units) * units
        const at = place < 0 ? this.#lease.take(rows * line) : together + place * units * 4
        writeBlocks(array, layer.units, this.#floats, at / 4, line)
        return [name, at]
      }),
    )
  }

  #planBack(lease: Lease, gradient: Floats, { detail, inputs, parameters: areRead, lanes }: Asked): BackwardPlan {
    const { plan: forward, cell, layer } = this
    const { units, blocks, width, batch } = forward
    const total = totalOf(forward)
    const states = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, lease.zeros((batch + total) * units)]))
    const apart = cell.parts.flatMap(({ reads, into }) => [reads, into].filter((name) => name !== undefined))
    const arrays = states(['hidden', ...(layer.cell.hasCellState ? ['cell'] : []), ...apart])
    const norms: Partial<Record<'hidden' | 'cell', Address>> = {}
    if (detail === 'norms') {
      norms.hidden = lease.take(total * 2)
      if (layer.cell.hasCellState) norms.cell = lease.take(total * 2)
    }
    const paths: Partial<Record<CellPath, Address>> = detail === 'paths' ? states(layer.cell.paths) : {}
    const parameters = Object.fromEntries(
      Object.entries(areRead ? layer.parameters : {}).map(([name, { shape }]) => {
        const rows = ((shape[0] as number) / layer.units) * units
        return [name, lease.zeros(rows * lineOf(name, units, width))]
      }),
    )
    const projection = lease.take(packedSize(width, blocks * units))
    this.#kernels.pack(forward.parameters.weight_ih as Address, width, 4, blocks * units, width * 4, projection)
    const recurrent = cell.parts.map((part) => this.#packBack(lease, part))
    const room = packedSize(Math.max(width, units), rowsAtOnce)
    const plan = {
      ...{ forward, arrays, norms, paths, parameters, projection, recurrent },
      gates: lease.take(total * blocks * units),
      before: this.#statesBefore(lease),
      inputs: inputs ? lease.take(total * width) : 0,
      rooms: Array.from({ length: lanes }, () => lease.take(room)),
    }
    const hidden = stateAt(forward, arrays.hidden as Address, 0)
    this.#steps.gather(gradient, this.#floats, hidden / 4, units)
    return plan
  }

  #packBack(lease: Lease, { from, to }: RecurrentPart): Address {
    const { units, parameters } = this.plan
    const depth = (to - from) * units
    const at = lease.take(packedSize(units, depth))
    this.#kernels.pack((parameters.weight_hh as Address) + from * units * units * 4, units, 4, depth, units * 4, at)
    return at
  }

  /** h_{t-1} of every row. Where all examples are as long, they lie in a row already, zeros first. */
  #statesBefore(lease: Lease): Address {
    const { plan } = this
    const hidden = plan.arrays.hidden as Address
    if (this.#steps.even) return hidden
    const { units } = plan
    const at = lease.take(this.#steps.total * units)
    for (let t = 0; t < this.#steps.time; t++) {
      const from = stateAt(plan, hidden, t - 1) / 4
      this.#floats.copyWithin(at / 4 + this.#steps.start(t) * units, from, from + this.#steps.rows(t) * units)
    }
    return at
  }

  #readBack({ arrays, norms, paths, parameters, inputs }: BackwardPlan, { detail }: Asked): LayerGradients {
    const { layer, plan } = this
    const { cell } = layer
    const { units, width } = plan
    const withStates = detail === 'states' || detail === 'paths'
    return {
      ...(inputs && { inputs: this.#steps.scatter(this.#floats, inputs / 4, width, width) }),
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, at]) => {
          const { shape } = layer.parameters[name] as Floats
          return [name, readBlocks(shape, layer.units, this.#floats, at / 4, lineOf(name, units, width))]
        }),
      ),
      ...(norms.hidden && {
        norms: { hidden: this.#readNorms(norms.hidden), ...(norms.cell && { cell: this.#readNorms(norms.cell) }) },
      }),
      ...(withStates && { hidden: this.#readState(arrays.hidden as Address) }),
      ...(withStates && cell.hasCellState && { cell: this.#readState(arrays.cell as Address) }),
      ...(detail === 'paths' && {
        paths: Object.fromEntries(cell.paths.map((path) => [path, this.#readState(paths[path] as Address)])),
      }),
    }
  }
}

/** Floats in a row of a parameter as it lies in memory. */
const lineOf = (name: string, units: number, width: number): number =>
  ({ weight_ih: width, weight_hh: units })[name] ?? 1
