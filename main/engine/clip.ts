import type { Parameters } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import type { TrainingSpec } from '../../shared/spec.ts'

/** The L2 norm over all gradients together, in float64. */
export function globalNorm(gradients: Parameters): number {
  let sum = 0
  for (const { data } of Object.values(gradients)) {
    for (let k = 0; k < data.length; k++) sum += (data[k] as number) ** 2
  }
  return Math.sqrt(sum)
}

function mapped(gradients: Parameters, change: (value: number) => number): Parameters {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, { shape, data }]) => [name, ndarray(shape, data.map(change))]),
  )
}

/**
 * Scales gradients down to a global norm of `limit` (Pascanu et al. 2013). torch's clip_grad_norm_ divides
 * by the norm + 1e-6 instead and stays as much below the limit.
 */
export function clipByGlobalNorm(gradients: Parameters, limit: number): Parameters {
  const norm = globalNorm(gradients)
  return norm <= limit ? gradients : mapped(gradients, (g) => g * (limit / norm))
}

/** Cuts every entry off at `limit` in size (torch's clip_grad_value_). */
export function clipByValue(gradients: Parameters, limit: number): Parameters {
  return mapped(gradients, (g) => Math.min(limit, Math.max(-limit, g)))
}

/**
 * Both clippings where both are set, by value first: one entry that explodes is cut off and does not scale
 * the others away, and the result keeps both limits.
 */
export function clip(gradients: Parameters, { clipValue, clipNorm }: Pick<TrainingSpec, 'clipValue' | 'clipNorm'>) {
  const cut = clipValue == null ? gradients : clipByValue(gradients, clipValue)
  return clipNorm === null ? cut : clipByGlobalNorm(cut, clipNorm)
}
