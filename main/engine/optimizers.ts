import { LabError } from '../../shared/errors.ts'
import type { Parameters } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'

/**
 * An optimiser: parameters, gradients and its own state to the next of each. `step` counts updates
 * from 1. Arithmetic is float64, storage float32; one loop over plain arrays, because at teaching
 * sizes a tensor op costs more than the update itself.
 */
export interface Optimizer {
  readonly id: string
  update(parameters: Parameters, gradients: Parameters, state: Parameters, step: number, learningRate: number): Update
}

export interface Update {
  readonly parameters: Parameters
  readonly state: Parameters
}

/** Adam (Kingma & Ba 2015, algorithm 1; torch.optim.Adam): beta 0.9 and 0.999, eps 1e-8. */
export const adam: Optimizer = {
  id: 'adam',
  update(parameters, gradients, state, step, learningRate) {
    const [beta1, beta2, eps] = [0.9, 0.999, 1e-8]
    const correction1 = 1 - beta1 ** step
    const correction2 = Math.sqrt(1 - beta2 ** step)
    const next: Record<string, Floats> = {}
    const moments: Record<string, Floats> = {}
    for (const [name, { shape, data }] of Object.entries(parameters)) {
      const gradient = (gradients[name] as Floats).data
      const first = Float32Array.from(state[`adam.m.${name}`]?.data ?? new Float32Array(data.length))
      const second = Float32Array.from(state[`adam.v.${name}`]?.data ?? new Float32Array(data.length))
      const moved = new Float32Array(data.length)
      for (let k = 0; k < data.length; k++) {
        const g = gradient[k] as number
        const m = beta1 * (first[k] as number) + (1 - beta1) * g
        const v = beta2 * (second[k] as number) + (1 - beta2) * g * g
        first[k] = m
        second[k] = v
        moved[k] = (data[k] as number) - ((learningRate / correction1) * m) / (Math.sqrt(v) / correction2 + eps)
      }
      next[name] = ndarray(shape, moved)
      moments[`adam.m.${name}`] = ndarray(shape, first)
      moments[`adam.v.${name}`] = ndarray(shape, second)
    }
    return { parameters: next, state: moments }
  },
}

/** Every optimiser the lab knows. A new one is an object like `adam` and a name here. */
export const optimizers: readonly Optimizer[] = [adam]

/** Throws `spec-invalid` for an id that is not in the list. */
export function optimizerById(id: string): Optimizer {
  const optimizer = optimizers.find((candidate) => candidate.id === id)
  if (optimizer) return optimizer
  const known = optimizers.map((candidate) => candidate.id).join(', ')
  const details = { field: 'training.optimizer', value: id }
  throw new LabError(
    'spec-invalid',
    `training.optimizer: there is no optimizer "${id}".`,
    `Use one of: ${known}.`,
    details,
  )
}

/** The L2 norm over all gradients together, in float64. */
export function globalNorm(gradients: Parameters): number {
  let sum = 0
  for (const { data } of Object.values(gradients)) for (const value of data) sum += value * value
  return Math.sqrt(sum)
}

/** Scales gradients down to a global norm of `limit` (Pascanu et al. 2013; torch's clip_grad_norm_). */
export function clipByGlobalNorm(gradients: Parameters, limit: number, norm = globalNorm(gradients)): Parameters {
  if (norm <= limit) return gradients
  const factor = limit / norm
  return Object.fromEntries(
    Object.entries(gradients).map(([name, { shape, data }]) => [
      name,
      ndarray(
        shape,
        data.map((g) => g * factor),
      ),
    ]),
  )
}
