import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Compute, LayerPass } from '../layers/layer.ts'
import { zeroPadding } from '../sequence.ts'
import { Arena, Lease } from './arena.ts'
import { fusedCell } from './catalogue.ts'
import type { Kernels, Loaded } from './kernels.ts'
import { type LaneOptions, type Lanes, startLanes } from './lanes.ts'
import { LayerMemory } from './memory.ts'
import { bytesNeeded } from './need.ts'
import { packedSize, totalOf } from './plan.ts'
import { copied } from './steps.ts'

export interface Fused extends Compute {
  readonly threads: number
  /** Ends its threads. */
  stop(): Promise<void>
}

/**
 * Recurrent layers by fused kernels: one product for the inputs of all steps, then one product and one
 * pass over the gates a step; back likewise, with the gradients of the weights as one product over all
 * steps in the end (Appleyard et al. 2016). Arithmetic is float32; each sum runs in the order of its index,
 * in parts of 256, so the same numbers give the same bits, on any number of threads. What has no kernel goes to
 * `otherwise`: cells that are not in the catalogue, layers in which a person fixed something, and weights of their own
 * for each step. Those serve one comparison of small networks, and here every plan, pack and gradient would need a
 * second form, with a time axis.
 */
export async function fused(loaded: Loaded, options: LaneOptions, otherwise: Compute): Promise<Fused> {
  const { kernels } = loaded
  const arena = new Arena(kernels, loaded.memory)
  const lanes = await startLanes(loaded, options, (bytes) => arena.take(bytes / 4))
  const own = arena.held
  return {
    layer(layer, sequence, { states }) {
      const cell = fusedCell(layer.cell.id)
      const isShared = layer.parameters.weight_hh?.shape.length === 2
      if (!cell || !isShared || layer.change) return otherwise.layer(layer, sequence, { states })
      return passOf(new LayerMemory(kernels, arena, cell, layer, sequence), lanes, states)
    },
    product: (...factors) => product(kernels, arena, ...factors),
    bytesNeeded,
    ceiling: () => lanes.count * ceilingOf(kernels, arena),
    held: () => arena.held - own + otherwise.held(),
    threads: lanes.count,
    stop: () => lanes.stop(),
  }
}

function passOf(memory: LayerMemory, lanes: Lanes, states: boolean): LayerPass {
  const { layer, plan } = memory
  const count = lanes.countFor(plan.batch, totalOf(plan) * plan.blocks * plan.units * (plan.width + plan.units))
  lanes.run({ kind: 'forward', plan }, count)
  return {
    hidden: memory.read('hidden'),
    ...(states && layer.cell.hasCellState && { cell: memory.read('cell') }),
    gates: states ? Object.fromEntries(layer.cell.gates.map((gate) => [gate, readGate(memory, gate)])) : {},
    backward: (gradient, detail, { inputs = true, parameters = true } = {}) =>
      memory.backward(gradient, { detail, inputs, parameters, lanes: count }, (plan) =>
        lanes.run({ kind: 'backward', plan }, count),
      ),
    release: () => memory.release(),
  }
}

function readGate(memory: LayerMemory, gate: string): Floats {
  const derived = memory.cell.derivedGates?.[gate]
  if (!derived) return memory.readBlock(memory.layer.cell.rows.indexOf(gate))
  const { shape, data } = readGate(memory, derived.from)
  return zeroPadding(ndarray(shape, data.map(derived.of)), memory.lengths)
}

/**
 * Operations a second of one thread: the best of many products whose factors lie in the cache; the first run before
 * the runtime has optimised them.
 */
function ceilingOf({ pack, multiply }: Kernels, arena: Arena): number {
  const [rows, columns, depth] = [96, 64, 256]
  const lease = new Lease(arena)
  const left = lease.zeros(rows * depth)
  const right = lease.zeros(packedSize(columns, depth))
  const to = lease.take(rows * columns)
  pack(left, columns, 4, depth, columns * 4, right)
  const tries = Array.from({ length: 300 }, () => {
    const started = performance.now()
    for (let k = 0; k < 4; k++) multiply(rows, columns, depth, left, depth * 4, 4, right, to, columns * 4, 0)
    return (performance.now() - started) / 4
  })
  lease.release()
  return (rows * columns * depth * 2) / (Math.min(...tries) / 1000)
}

/** The head's product, with the same kernel. */
function product(
  kernels: Kernels,
  arena: Arena,
  a: Floats,
  b: Floats,
  transposeA: boolean,
  transposeB: boolean,
): Floats {
  const [rows, depth] = transposeA ? [...a.shape].reverse() : a.shape
  const columns = b.shape[transposeB ? 0 : 1]
  if (!rows || !depth || !columns || b.shape[transposeB ? 1 : 0] !== depth) {
    throw new RangeError(`no product of [${a.shape}] and [${b.shape}], transposed: ${transposeA}, ${transposeB}`)
  }
  const lease = new Lease(arena)
  try {
    const left = lease.take(a.data.length)
    const right = lease.take(b.data.length)
    const packed = lease.take(packedSize(columns, depth))
    const to = lease.take(rows * columns)
    arena.floats.set(a.data, left / 4)
    arena.floats.set(b.data, right / 4)
    const [columnStep, depthStep] = transposeB ? [depth * 4, 4] : [4, columns * 4]
    kernels.pack(right, columns, columnStep, depth, depthStep, packed)
    const [rowStep, stride] = transposeA ? [4, rows * 4] : [depth * 4, 4]
    kernels.multiply(rows, columns, depth, left, rowStep, stride, packed, to, columns * 4, 0)
    return ndarray([rows, columns], copied(arena.floats, to / 4, rows * columns))
  } finally {
    lease.release()
  }
}
