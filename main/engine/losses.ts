import type { ModelConfig } from '../../shared/model.ts'

/**
 * One prediction's loss from its K raw outputs, in float64; writes d loss / d output. `target(k)` is
 * the k-th target value, or for cross-entropy the class, as `target(0)`.
 */
type Loss = (output: Float64Array, target: (k: number) => number, gradient: Float64Array) => number

/**
 * Writes exp(y_k) / sum exp(y), shifted by the largest output so that no exponential overflows; returns
 * log sum exp(y).
 */
export function softmax(output: Float64Array, shares: Float64Array): number {
  const shift = output.reduce((most, y) => Math.max(most, y), -Infinity)
  let sum = 0
  for (let k = 0; k < output.length; k++) {
    shares[k] = Math.exp((output[k] as number) - shift)
    sum += shares[k] as number
  }
  for (let k = 0; k < output.length; k++) shares[k] = (shares[k] as number) / sum
  return Math.log(sum) + shift
}

/** 1 / (1 + exp(-y)) of either sign without overflow. */
export function sigmoid(y: number): number {
  const tail = Math.exp(-Math.abs(y))
  return y >= 0 ? 1 / (1 + tail) : tail / (1 + tail)
}

export const losses: Readonly<Record<ModelConfig['loss'], Loss>> = {
  /** mean_k (y_k - t_k)^2; derivative 2 (y_k - t_k) / K. */
  mse(output, target, gradient) {
    let sum = 0
    for (let k = 0; k < output.length; k++) {
      const apart = (output[k] as number) - target(k)
      sum += apart * apart
      gradient[k] = (2 * apart) / output.length
    }
    return sum / output.length
  },

  /** -log softmax(y)[t]; softmax(y) - onehot(t). */
  'cross-entropy'(output, target, gradient) {
    const total = softmax(output, gradient)
    const picked = target(0)
    gradient[picked] = (gradient[picked] as number) - 1
    return total - (output[picked] as number)
  },

  /** mean_k of -t log s(y) - (1-t) log(1 - s(y)) = relu(y) - t y + log(1 + exp(-|y|)); (s(y_k) - t_k) / K. */
  bce(output, target, gradient) {
    let sum = 0
    for (let k = 0; k < output.length; k++) {
      const y = output[k] as number
      sum += Math.max(y, 0) - target(k) * y + Math.log1p(Math.exp(-Math.abs(y)))
      gradient[k] = (sigmoid(y) - target(k)) / output.length
    }
    return sum / output.length
  },
}
