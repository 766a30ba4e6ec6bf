import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { BackwardDetail, Compute, Layer, LayerGradients, LayerPass, Sequence } from '../layers/layer.ts'
import { zeroPadding } from '../sequence.ts'
import { parameter, sumOf } from './cell.ts'
import { Memories } from './memories.ts'

/**
 * What layers/addon.cc offers: a whole layer in one call, which multiplies by TensorFlow and does the rest itself.
 * Arrays are those of layer.ts, 0 before they are written; undefined where they are not wanted.
 */
export interface Layers {
  /** Numbers of memory that a pass takes. `sizes` is [T, B, D, H]. */
  size(cell: string, sizes: Int32Array): number
  forward(...given: [...Given, inputs: Float32Array, hidden: Float32Array]): void
  /** Copies a block of the gates, or c for -1. */
  readStates(...given: [...Given, gate: number, states: Float32Array]): void
  backward(...given: [...Given, gradient: Float32Array, ...to: (Float32Array | undefined)[]]): void
}

type Given = [
  /** Of a plain RNN its activation. */
  cell: string,
  sizes: Int32Array,
  lengths: Int32Array,
  weightIh: Float32Array,
  weightHh: Float32Array,
  bias: Float32Array,
  extra: Float32Array | undefined,
  memory: Float32Array,
  threads: number,
]

/** Biases as the addon takes them: what is added to both products, and what the cell adds inside. */
type Biases = (layer: Layer) => { readonly bias: Floats; readonly extra?: Float32Array }

const summed: Biases = (layer) => ({ bias: sumOf(parameter(layer, 'bias_ih'), parameter(layer, 'bias_hh')) })

/** b_hn stays inside: it is scaled by the reset gate. */
const inner: Biases = (layer) => {
  const { shape, data } = parameter(layer, 'bias_hh')
  const split = 2 * layer.units
  const outer = data.map((value, k) => (k < split ? value : 0))
  return { bias: sumOf(parameter(layer, 'bias_ih'), ndarray(shape, outer)), extra: data.subarray(split) }
}

const peepholes: Biases = (layer) => {
  const extra = new Float32Array(3 * layer.units)
  for (const [k, name] of (layer.cell.peepholes ?? []).entries()) {
    extra.set(parameter(layer, name).data, k * layer.units)
  }
  return { ...summed(layer), extra }
}

const cells: Readonly<Record<string, Biases>> = {
  rnn: summed,
  lstm: summed,
  'lstm-peephole': peepholes,
  'lstm-coupled': summed,
  gru: inner,
}

/** Whether a cell is among them. */
export const isWhole = (id: string): boolean => Object.hasOwn(cells, id)

/** Recurrent layers by `layers`, on so many threads; cells and weights that it does not know go to `otherwise`. */
export function whole(layers: Layers, threads: number, otherwise: Compute): Compute {
  const memories = new Memories()
  return {
    ...otherwise,
    layer(layer, sequence, options) {
      const biases = cells[layer.cell.id]
      const isShared = layer.parameters.weight_hh?.shape.length === 2
      if (!biases || !isShared || layer.change) return otherwise.layer(layer, sequence, options)
      return passOf(layers, threads, memories, biases(layer), layer, sequence, options.states)
    },
    held: () => memories.lent + otherwise.held(),
  }
}

function passOf(
  layers: Layers,
  threads: number,
  memories: Memories,
  { bias, extra }: ReturnType<Biases>,
  layer: Layer,
  { inputs, lengths }: Sequence,
  states: boolean,
): LayerPass {
  const [time, batch, width] = inputs.shape as [number, number, number]
  const { units } = layer
  const cell = layer.cell.id === 'rnn' ? (layer.activation ?? 'tanh') : layer.cell.id
  const sizes = Int32Array.of(time, batch, width, units)
  const weights = [parameter(layer, 'weight_ih').data, parameter(layer, 'weight_hh').data] as const
  const memory = memories.take(layers.size(cell, sizes))
  const given: Given = [cell, sizes, Int32Array.from(lengths), ...weights, bias.data, extra, memory, threads]
  const made = () => zeros(time, batch, units)
  const read = (block: number): Floats => {
    const array = made()
    layers.readStates(...given, block, array.data)
    return array
  }
  let isReleased = false
  const release = () => {
    if (!isReleased) memories.giveBack(memory)
    isReleased = true
  }
  try {
    const hidden = made()
    layers.forward(...given, inputs.data, hidden.data)
    const { gates, rows, hasCellState } = layer.cell
    const block = (gate: string) => read(rows.indexOf(gate))
    const gate = (name: string) => (rows.includes(name) ? block(name) : oneLess(block('forget'), lengths))
    return {
      hidden,
      ...(states && hasCellState && { cell: read(-1) }),
      gates: states ? Object.fromEntries(gates.map((name) => [name, gate(name)])) : {},
      backward: (gradient, detail, read = {}) =>
        backward(layers, given, layer, inputs.shape, gradient, detail, read.inputs ?? true),
      release,
    }
  } catch (error) {
    release()
    throw error
  }
}

function backward(
  layers: Layers,
  given: Given,
  { cell, units, parameters }: Layer,
  [time, batch, width]: readonly number[],
  gradient: Floats,
  detail: BackwardDetail,
  wantsInputs: boolean,
): LayerGradients {
  const of = (last: number) => zeros(time as number, batch as number, last)
  const inputs = wantsInputs ? of(width as number) : undefined
  const names = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'] as const
  const own = Object.fromEntries(names.map((name) => [name, zeros(...(parameters[name] as Floats).shape)]))
  const hidden = detail === 'parameters' ? undefined : of(units)
  const cells = detail === 'parameters' || !cell.hasCellState ? undefined : of(units)
  const paths = detail === 'paths' ? Object.fromEntries(cell.paths.map((path) => [path, of(units)])) : undefined
  const shown = cell.peepholes && zeros(cell.peepholes.length, units)
  const ways = [paths?.direct, paths?.through_hidden, paths?.through_peepholes]
  const to = [inputs, ...names.map((name) => own[name]), shown, hidden, cells, ...ways]
  layers.backward(...given, gradient.data, ...to.map((array) => array?.data))
  for (const [k, name] of (cell.peepholes ?? []).entries()) {
    own[name] = ndarray([units], (shown as Floats).data.slice(k * units, (k + 1) * units))
  }
  return {
    ...(inputs && { inputs }),
    parameters: own,
    ...(hidden && { hidden }),
    ...(cells && { cell: cells }),
    ...(paths && { paths }),
  }
}

/** The input gate of a coupled LSTM, 1 - f. */
const oneLess = ({ shape, data }: Floats, lengths: readonly number[]): Floats =>
  zeroPadding(
    ndarray(
      shape,
      data.map((f) => 1 - f),
    ),
    lengths,
  )

const zeros = (...shape: number[]): Floats => ndarray(shape, new Float32Array(sizeOf(shape)))
