import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { BackwardDetail, Compute, Layer, LayerGradients, LayerPass, Sequence } from '../layers/layer.ts'
import { zeroPadding } from '../sequence.ts'
import type { Binding, Handle } from './binding.ts'
import { nativeCell } from './catalogue.ts'
import type { NativeCell, Problem } from './cell.ts'
import { type Count, Room } from './room.ts'

/**
 * Recurrent layers by TensorFlow's own operations, called without TensorFlow.js' tensors in between. Padded
 * steps are computed and set to 0 after; what that could spoil, and what has no cell here, goes to `otherwise`.
 */
export function native(binding: Binding, otherwise: Compute): Compute {
  const count: Count = { tensors: 0 }
  return {
    layer(layer, sequence, options) {
      const cell = nativeCell(layer.cell.id)
      const even = sequence.lengths.every((length) => length === sequence.inputs.shape[0])
      const isShared = layer.parameters.weight_hh?.shape.length === 2
      if (!cell || !isShared || layer.change || !(even || cell.isBounded(layer)))
        return otherwise.layer(layer, sequence, options)
      const room = new Room(binding, count)
      try {
        return passOf(cell, room, layer, sequence, options.states)
      } catch (error) {
        room.free()
        throw error
      }
    },

    product(a, b, transposeA, transposeB) {
      const room = new Room(binding, count)
      try {
        const product = room.product(room.upload(a), room.upload(b), transposeA, transposeB)
        return room.read(product, [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number])
      } finally {
        room.free()
      }
    },

    held: () => count.tensors + otherwise.held(),
  }
}

function passOf(cell: NativeCell, room: Room, layer: Layer, sequence: Sequence, states: boolean): LayerPass {
  const { lengths } = sequence
  const [time, batch, width] = sequence.inputs.shape as [number, number, number]
  const { units } = layer
  const axes = [room.integer(0), room.integer(1)] as const
  const inputs = room.upload(ndarray([time * batch, width], sequence.inputs.data))
  const problem: Problem = { layer, time, batch, width, units, inputs, axes, states }
  const forward = cell.forward(room, problem)
  const shape = [time, batch, units]
  const read = (tensor: Handle, of = shape) => zeroPadding(room.read(tensor, of), lengths)
  const gates = states ? layer.cell.gates.map((gate) => [gate, read(forward.gates[gate] as Handle)]) : []
  return {
    hidden: read(forward.hidden),
    ...(states && forward.cell !== undefined && { cell: read(forward.cell) }),
    gates: Object.fromEntries(gates),
    backward(gradient, detail) {
      const own = room.another()
      try {
        const back = forward.backward(own, uploadSteps(own, gradient), detail)
        return gradientsOf(back, (tensor, last) => read(tensor, [time, batch, last]), problem, detail)
      } finally {
        own.free()
      }
    },
    release: () => room.free(),
  }
}

function gradientsOf(
  back: ReturnType<ReturnType<NativeCell['forward']>['backward']>,
  read: (tensor: Handle, width: number) => Floats,
  { width, units }: Problem,
  detail: BackwardDetail,
): LayerGradients {
  const paths = Object.entries(back.paths ?? {}).map(([path, tensor]) => [path, read(tensor, units)])
  return {
    inputs: read(back.inputs, width),
    parameters: back.parameters,
    ...(back.hidden !== undefined && detail !== 'parameters' && { hidden: read(back.hidden, units) }),
    ...(back.cell !== undefined && { cell: read(back.cell, units) }),
    ...(detail === 'paths' && { paths: Object.fromEntries(paths) }),
  }
}

/** A step whose gradient is 0, as all are but the last where the head reads only that one, needs no tensor. */
function uploadSteps(room: Room, { shape, data }: Floats): (Handle | undefined)[] {
  const [time, batch, units] = shape as [number, number, number]
  const size = batch * units
  return Array.from({ length: time }, (_, t) => {
    const step = data.subarray(t * size, (t + 1) * size)
    return step.some((value) => value !== 0) ? room.upload(ndarray([batch, units], step)) : undefined
  })
}
