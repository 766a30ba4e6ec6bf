import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Compute, LayerPass } from '../layers/layer.ts'
import { zeroPadding } from '../sequence.ts'
import { Arena, Lease } from './arena.ts'
import { BackwardPass } from './backward-pass.ts'
import type { FusedCell } from './cell.ts'
import { gru } from './cells/gru.ts'
import { gruOriginal } from './cells/gru-original.ts'
import { lstm } from './cells/lstm.ts'
import { lstmCoupled } from './cells/lstm-coupled.ts'
import { lstmPeephole } from './cells/lstm-peephole.ts'
import { rnn } from './cells/rnn.ts'
import { ForwardPass, packedSize } from './forward-pass.ts'
import type { Kernels } from './kernels.ts'

/** Every cell that has kernels. A new one is a file in ./cells, its kernel in ../kernels, and a line here. */
const cells: readonly FusedCell[] = [rnn, lstm, lstmPeephole, lstmCoupled, gru, gruOriginal]

/**
 * Recurrent layers by fused kernels: one product for the inputs of all steps, then one product and one
 * pass over the gates a step; back likewise, with the gradients of the weights as one product over all
 * steps in the end (Appleyard et al. 2016). Arithmetic is float32; each sum runs in the order of its index,
 * in parts of 256, so the same numbers give the same bits. What has no kernel goes to `otherwise`:
 * weights of their own for each step, and cells that are not in the list above.
 */
export function fused(kernels: Kernels, otherwise: Compute): Compute {
  const arena = new Arena(kernels)
  return {
    layer(layer, sequence, options) {
      const cell = cells.find(({ id }) => id === layer.cell.id)
      if (!cell || layer.parameters.weight_hh?.shape.length !== 2) return otherwise.layer(layer, sequence, options)
      return passOf(new ForwardPass(kernels, arena, cell, layer, sequence), options.states)
    },
    product: (...factors) => product(kernels, arena, ...factors),
    held: () => arena.held + otherwise.held(),
  }
}

function passOf(pass: ForwardPass, states: boolean): LayerPass {
  const { layer } = pass
  return {
    hidden: pass.read('hidden'),
    ...(states && layer.cell.hasCellState && { cell: pass.read('cell') }),
    gates: states ? Object.fromEntries(layer.cell.gates.map((gate) => [gate, readGate(pass, gate)])) : {},
    backward: (gradient, detail) => new BackwardPass(pass, gradient, detail).finish(),
    release: () => pass.lease.release(),
  }
}

function readGate(pass: ForwardPass, gate: string): Floats {
  const derived = pass.cell.derivedGates?.[gate]
  if (!derived) return pass.readBlock(pass.layer.cell.rows.indexOf(gate))
  const { shape, data } = readGate(pass, derived.from)
  return zeroPadding(ndarray(shape, data.map(derived.of)), pass.lengths)
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
    return ndarray([rows, columns], arena.floats.slice(to / 4, to / 4 + rows * columns))
  } finally {
    lease.release()
  }
}
