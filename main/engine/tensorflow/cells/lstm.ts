import { type Floats, ndarray } from '../../../../shared/ndarray.ts'
import type { Handle } from '../binding.ts'
import { beforeOf, type NativeCell, type Problem, parameter, sumOf, totalOf } from '../cell.ts'
import type { Room } from '../room.ts'

/** Up to this many units BlockLSTMV2 is faster than a loop, whose product is the better one. */
const blockUpTo = 64

/** Arrays of all steps by the names of TensorFlow's LSTM operations: cs is c, ci is g, co is tanh(c). */
interface Arrays {
  readonly i: readonly Handle[]
  readonly cs: readonly Handle[]
  readonly f: readonly Handle[]
  readonly o: readonly Handle[]
  readonly ci: readonly Handle[]
  readonly co: readonly Handle[]
  readonly h: readonly Handle[]
}

/**
 * Forward in BlockLSTMV2, which runs all steps, or in a loop. Back one LSTMBlockCellGrad and one product a step,
 * which is what shows dL/dh and dL/dc of each; the products for the weights once, over all steps.
 */
export const lstm: NativeCell = {
  id: 'lstm',
  isBounded: () => true,
  forward(room, problem) {
    const { layer, time, batch, width, units, inputs, axes } = problem
    const weight = room.upload(parameter(layer, 'weight_ih'))
    const recurrent = room.upload(parameter(layer, 'weight_hh'))
    const bias = room.upload(sumOf(parameter(layer, 'bias_ih'), parameter(layer, 'bias_hh')))
    const zero = room.zeros(batch, units)
    const run = units <= blockUpTo ? runBlock : runLoop
    const steps = run(room, problem, { weight, recurrent, bias, zero })
    const all = (name: keyof Arrays) => room.concat(steps[name], axes[0])
    const gates = () => ({ input: all('i'), forget: all('f'), candidate: all('ci'), output: all('o') })
    return {
      hidden: all('h'),
      ...(problem.states && { cell: all('cs') }),
      gates: problem.states ? gates() : ({} as Record<string, Handle>),
      backward(own, arriving, detail) {
        // LSTMBlockCellGrad has its rows in the order i, g, f, o.
        const turned = own.upload(swapped(parameter(layer, 'weight_hh'), units))
        const [peephole, noInput] = [own.zeros(units), own.zeros(batch, width)]
        // It looks at the shapes of these two only.
        const [shape, noBias] = [own.zeros(width + units, 4 * units), own.zeros(4 * units)]
        const attributes = [own.flag('use_peephole', false)]
        const [totals, direct, slopes]: [Handle[], Handle[], Handle[]] = [[], [], []]
        let carried = zero
        for (let t = time - 1; t >= 0; t--) {
          const at = (name: keyof Arrays) => steps[name][t] as Handle
          const next = slopes[t + 1]
          const handed = next === undefined ? undefined : own.product(next, turned)
          const total = totalOf(own, arriving[t], handed, zero)
          totals[t] = total
          direct[t] = carried
          const [before, hidden] = [steps.cs[t - 1] ?? zero, steps.h[t - 1] ?? zero]
          const values = [at('i'), at('cs'), at('f'), at('o'), at('ci'), at('co'), carried, total]
          const weights = [shape, peephole, peephole, peephole, noBias]
          const [back, slope, ...diagonals] = own.runAll(
            'LSTMBlockCellGrad',
            5,
            [noInput, before, hidden, ...weights, ...values],
            attributes,
          ) as [Handle, Handle, ...Handle[]]
          own.drop(...diagonals)
          carried = back
          slopes[t] = slope
        }
        const over = (parts: readonly Handle[]) => own.concat(parts, axes[0])
        const slope = over(slopes)
        const rows = 4 * units
        const read = (tensor: Handle, ...rest: number[]) => swapped(own.read(tensor, [rows, ...rest]), units)
        const sum = read(own.run('Sum', [slope, axes[0]]))
        const back = own.product(slope, own.upload(swapped(parameter(layer, 'weight_ih'), units)))
        const parameters = {
          weight_ih: read(own.product(slope, inputs, true), width),
          weight_hh: read(own.product(slope, beforeOf(own, problem, steps.h, zero), true), units),
          bias_ih: sum,
          bias_hh: ndarray([rows], sum.data.slice()),
        }
        if (detail === 'parameters') return { inputs: back, parameters }
        const [hidden, straight] = [over(totals), over(direct)]
        // o (1 - tanh(c)^2) dL/dh
        const through = own.run('TanhGrad', [over(steps.co), own.multiply(hidden, over(steps.o))])
        return {
          inputs: back,
          parameters,
          hidden,
          cell: own.add(straight, through),
          ...(detail === 'paths' && { paths: { direct: straight, through_hidden: through } }),
        }
      },
    }
  },
}

interface Weights {
  readonly weight: Handle
  readonly recurrent: Handle
  readonly bias: Handle
  readonly zero: Handle
}

/** Its weights are [x; h] by i, f, g, o: the order of the rows here. */
function runBlock(room: Room, { time, batch, width, units, inputs, axes }: Problem, weights: Weights): Arrays {
  const { weight, recurrent, bias, zero } = weights
  const both = room.transpose(room.concat([weight, recurrent], axes[1]))
  const sequence = room.reshape(inputs, time, batch, width)
  const peephole = room.zeros(units)
  const names = ['i', 'cs', 'f', 'o', 'ci', 'co', 'h'] as const
  const arguments_ = [room.long(time), sequence, zero, zero, both, peephole, peephole, peephole, bias]
  const outputs = room.runAll('BlockLSTMV2', names.length, arguments_, [room.flag('use_peephole', false)])
  const steps = names.map((name, k) => [name, room.unstack(outputs[k] as Handle, time)] as const)
  room.drop(...outputs)
  return Object.fromEntries(steps) as unknown as Arrays
}

function runLoop(room: Room, { time, inputs, axes }: Problem, { weight, recurrent, bias, zero }: Weights): Arrays {
  const turned = room.transpose(recurrent)
  const drive = room.run('BiasAdd', [room.product(inputs, weight, false, true), bias])
  const drives = room.split(drive, time, axes[0])
  room.drop(drive)
  const steps = { i: [], cs: [], f: [], o: [], ci: [], co: [], h: [] } as Record<keyof Arrays, Handle[]>
  for (const given of drives) {
    const product = room.product(steps.h.at(-1) ?? zero, turned)
    const sum = room.add(given, product)
    const parts = room.split(sum, 4, axes[1]) as [Handle, Handle, Handle, Handle]
    const [i, f, o] = [parts[0], parts[1], parts[3]].map((z) => room.run('Sigmoid', [z])) as [Handle, Handle, Handle]
    const ci = room.run('Tanh', [parts[2]])
    const kept = room.multiply(f, steps.cs.at(-1) ?? zero)
    const added = room.multiply(i, ci)
    const cs = room.add(kept, added)
    const co = room.run('Tanh', [cs])
    const made = { i, cs, f, o, ci, co, h: room.multiply(o, co) }
    for (const [name, tensor] of Object.entries(made)) steps[name as keyof Arrays].push(tensor)
    room.drop(given, product, sum, ...parts, kept, added)
  }
  return steps
}

/** The second and the third quarter of the rows exchanged. */
function swapped({ shape, data }: Floats, units: number): Floats {
  const size = data.length / 4
  if (shape[0] !== 4 * units) throw new RangeError(`four blocks of ${units} rows are not [${shape}]`)
  const result = Float32Array.from(data)
  result.set(data.subarray(size, 2 * size), 2 * size)
  result.set(data.subarray(2 * size, 3 * size), size)
  return ndarray(shape, result)
}
