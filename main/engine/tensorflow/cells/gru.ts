import { type Floats, ndarray } from '../../../../shared/ndarray.ts'
import type { Handle } from '../binding.ts'
import { beforeOf, type NativeCell, parameter, totalOf } from '../cell.ts'

/**
 * Forward a dozen operations a step. On the way back every gradient of a gate is dL/dh_t times a number that
 * only the forward pass decides:
 *
 *   dL/da_n = dL/dh a          a = (1 - z) (1 - n^2)
 *   dL/dq   = dL/dh a r        q = W_hn h' + b_hn
 *   dL/da_r = dL/dh a q r (1 - r)
 *   dL/da_z = dL/dh (h' - n) z (1 - z)
 *
 * so these numbers are found for all steps at once, and a step takes two products by element and one of matrices.
 */
export const gru: NativeCell = {
  id: 'gru',
  isBounded: () => true,
  forward(room, problem) {
    const { layer, time, batch, width, units, inputs, axes } = problem
    const weight = room.upload(parameter(layer, 'weight_ih'))
    const recurrent = room.upload(parameter(layer, 'weight_hh'))
    const turned = room.transpose(recurrent)
    const { driveBias, innerBias } = biases(parameter(layer, 'bias_ih'), parameter(layer, 'bias_hh'), units)
    const inner = room.upload(innerBias)
    const drive = room.run('BiasAdd', [room.product(inputs, weight, false, true), room.upload(driveBias)])
    const sizes = room.integers(2 * units, units)
    const halves = (matrix: Handle) =>
      room.runAll('SplitV', 2, [matrix, sizes, axes[1]], [room.number('num_split', 2)]) as [Handle, Handle]
    const [gateDrive, candidateDrive] = halves(drive)
    const gateDrives = room.split(gateDrive, time, axes[0])
    const candidateDrives = room.split(candidateDrive, time, axes[0])
    const zero = room.zeros(batch, units)
    const gates: Handle[] = []
    const inners: Handle[] = []
    const candidates: Handle[] = []
    const steps: Handle[] = []
    for (let t = 0; t < time; t++) {
      const before = steps.at(-1) ?? zero
      const product = room.product(before, turned)
      const [gatePart, innerPart] = halves(product)
      const sum = room.add(gateDrives[t] as Handle, gatePart)
      const gate = room.run('Sigmoid', [sum])
      const [r, z] = room.split(gate, 2, axes[1]) as [Handle, Handle]
      const q = room.run('BiasAdd', [innerPart, inner])
      const scaled = room.multiply(r, q)
      const argument = room.add(candidateDrives[t] as Handle, scaled)
      const n = room.run('Tanh', [argument])
      const change = room.subtract(before, n)
      const kept = room.multiply(z, change)
      steps.push(room.add(n, kept))
      gates.push(gate)
      inners.push(q)
      candidates.push(n)
      room.drop(product, gatePart, innerPart, sum, r, z, scaled, argument, change, kept)
      room.drop(gateDrives[t] as Handle, candidateDrives[t] as Handle)
    }
    const all = (parts: readonly Handle[]) => room.concat(parts, axes[0])
    const [r, z] = room.split(all(gates), 2, axes[1]) as [Handle, Handle]
    const n = all(candidates)
    return {
      hidden: all(steps),
      gates: { reset: r, update: z, candidate: n },
      backward(own, arriving, detail) {
        const before = beforeOf(own, problem, steps, zero)
        const q = own.concat(inners, axes[0])
        const one = own.upload(ndarray([1], Float32Array.of(1)))
        // TanhGrad(y, d) is d (1 - y^2), SigmoidGrad(y, d) is d y (1 - y).
        const a = own.run('TanhGrad', [n, own.subtract(one, z)])
        const forReset = own.run('SigmoidGrad', [r, own.multiply(a, q)])
        const forUpdate = own.run('SigmoidGrad', [z, own.subtract(before, n)])
        const factor = own.concat([forReset, forUpdate, own.multiply(a, r)], axes[1])
        const factors = own.split(factor, time, axes[0])
        const updates = own.split(z, time, axes[0])
        const [totals, slopes]: [Handle[], Handle[]] = [[], []]
        for (let t = time - 1; t >= 0; t--) {
          const next = slopes[t + 1]
          let handed: Handle | undefined
          if (next !== undefined) {
            const kept = own.multiply(totals[t + 1] as Handle, updates[t + 1] as Handle)
            handed = own.add(own.product(next, recurrent), kept)
          }
          const total = totalOf(own, arriving[t], handed, zero)
          totals[t] = total
          slopes[t] = own.multiply(own.concat([total, total, total], axes[1]), factors[t] as Handle)
        }
        const recurrentSlopes = own.concat(slopes, axes[0])
        const hidden = own.concat(totals, axes[0])
        const [gateSlopes] = own.runAll('SplitV', 2, [recurrentSlopes, sizes, axes[1]], [own.number('num_split', 2)])
        const inputSlopes = own.concat([gateSlopes as Handle, own.multiply(hidden, a)], axes[1])
        const rows = 3 * units
        return {
          inputs: own.product(inputSlopes, weight),
          parameters: {
            weight_ih: own.read(own.product(inputSlopes, inputs, true), [rows, width]),
            weight_hh: own.read(own.product(recurrentSlopes, before, true), [rows, units]),
            bias_ih: own.read(own.run('Sum', [inputSlopes, axes[0]]), [rows]),
            bias_hh: own.read(own.run('Sum', [recurrentSlopes, axes[0]]), [rows]),
          },
          ...(detail !== 'parameters' && { hidden }),
        }
      },
    }
  },
}

/** What is added to the inputs' part, b_ih and the gates' b_hh, and what stays inside, b_hn. */
function biases(ih: Floats, hh: Floats, units: number) {
  const data = ih.data.map((value, k) => (k < 2 * units ? value + (hh.data[k] as number) : value))
  return { driveBias: ndarray(ih.shape, data), innerBias: ndarray([units], hh.data.slice(2 * units)) }
}
