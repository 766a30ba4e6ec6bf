import type { Activation } from '../../cells/cell.ts'
import type { Handle } from '../binding.ts'
import { beforeOf, type NativeCell, parameter, sumOf, totalOf } from '../cell.ts'
import type { Room } from '../room.ts'

const functions: Readonly<Record<Activation, (room: Room, z: Handle) => Handle>> = {
  tanh: (room, z) => room.run('Tanh', [z]),
  relu: (room, z) => room.run('Relu', [z]),
  sigmoid: (room, z) => room.run('Sigmoid', [z]),
  identity: (_room, z) => z,
}

/** dL/dz from h = act(z) and dL/dh. */
const gradients: Readonly<Record<Activation, (room: Room, h: Handle, dh: Handle) => Handle>> = {
  tanh: (room, h, dh) => room.run('TanhGrad', [h, dh]),
  relu: (room, h, dh) => room.run('ReluGrad', [dh, h]),
  sigmoid: (room, h, dh) => room.run('SigmoidGrad', [h, dh]),
  identity: (_room, _h, dh) => dh,
}

/** One product, one sum and one function a step; back likewise. */
export const rnn: NativeCell = {
  id: 'rnn',
  isBounded: ({ activation = 'tanh' }) => activation === 'tanh' || activation === 'sigmoid',
  forward(room, problem) {
    const { layer, time, batch, units, inputs, axes } = problem
    const act = layer.activation ?? 'tanh'
    const weight = room.upload(parameter(layer, 'weight_ih'))
    const recurrent = room.upload(parameter(layer, 'weight_hh'))
    const turned = room.transpose(recurrent)
    const bias = room.upload(sumOf(parameter(layer, 'bias_ih'), parameter(layer, 'bias_hh')))
    const drive = room.run('BiasAdd', [room.product(inputs, weight, false, true), bias])
    const drives = room.split(drive, time, axes[0])
    const steps: Handle[] = []
    for (const given of drives) {
      const before = steps.at(-1)
      if (before === undefined) {
        steps.push(functions[act](room, given))
        continue
      }
      const product = room.product(before, turned)
      const z = room.add(given, product)
      const h = functions[act](room, z)
      steps.push(h)
      room.drop(product, given)
      if (h !== z) room.drop(z)
    }
    return {
      hidden: room.concat(steps, axes[0]),
      gates: {},
      backward(own, arriving, detail) {
        const zero = own.zeros(batch, units)
        const [totals, slopes]: [Handle[], Handle[]] = [[], []]
        for (let t = time - 1; t >= 0; t--) {
          const next = slopes[t + 1]
          const handed = next === undefined ? undefined : own.product(next, recurrent)
          totals[t] = totalOf(own, arriving[t], handed, zero)
          slopes[t] = gradients[act](own, steps[t] as Handle, totals[t] as Handle)
        }
        const all = own.concat(slopes, axes[0])
        const sum = own.read(own.run('Sum', [all, axes[0]]), [units])
        const weightIh = own.product(all, inputs, true)
        const weightHh = own.product(all, beforeOf(own, problem, steps, zero), true)
        return {
          inputs: own.product(all, weight),
          parameters: {
            weight_ih: own.read(weightIh, [units, problem.width]),
            weight_hh: own.read(weightHh, [units, units]),
            bias_ih: sum,
            bias_hh: { shape: sum.shape, data: sum.data.slice() },
          },
          ...(detail !== 'parameters' && { hidden: own.concat(totals, axes[0]) }),
        }
      },
    }
  },
}
