import { unzipSync } from 'fflate'
import { readSafetensors } from '../../main/lab/formats/safetensors.ts'
import type { Lab } from '../../shared/contract.ts'
import type { Floats } from '../../shared/ndarray.ts'
import type { Traced } from './traced.ts'

/** The share that a run's exported head gives a class at a step of a trace: softmax of h_t W^T + b, from its file. */
export async function headOf(lab: Lab, id: string, run: number) {
  const files = Object.entries(unzipSync((await lab.exports.model(id, run, 'model')).bytes))
  const [, file] = files.find(([name]) => name.endsWith('.safetensors')) ?? []
  if (!file) throw new Error('The model has no weights.')
  const { tensors } = readSafetensors(file, 'model.safetensors')
  const [weight, bias] = [tensors['head.weight'], tensors['head.bias']] as [Floats, Floats]
  const units = weight.shape[1] as number
  return (trace: Traced, t: number, wanted: number): number => {
    const powers = Array.from(bias.data, (b, k) => {
      let logit = b
      for (let j = 0; j < units; j += 1)
        logit += trace('layers.0.hidden', t, j) * (weight.data[k * units + j] as number)
      return Math.exp(logit)
    })
    return (powers[wanted] as number) / powers.reduce((sum, power) => sum + power, 0)
  }
}
