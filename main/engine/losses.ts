import type { ModelConfig } from '../../shared/model.ts'

/**
 * One prediction's loss from its K raw outputs, in float64; writes d loss / d output. `target(k)` is
 * the k-th target value, or for cross-entropy the class, as `target(0)`.
 */
type Loss = (output: Float64Array, target: (k: number) => number, gradient: Float64Array) => number

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

  /** -log softmax(y)[t], shifted by the largest output so that no exponential overflows; softmax(y) - onehot(t). */
  'cross-entropy'(output, target, gradient) {
    const shift = output.reduce((most, y) => Math.max(most, y), -Infinity)
    let sum = 0
    for (let k = 0; k < output.length; k++) {
      gradient[k] = Math.exp((output[k] as number) - shift)
      sum += gradient[k] as number
    }
    for (let k = 0; k < output.length; k++) gradient[k] = (gradient[k] as number) / sum
    const picked = target(0)
    gradient[picked] = (gradient[picked] as number) - 1
    return Math.log(sum) + shift - (output[picked] as number)
  },

  /** mean_k of -t log s(y) - (1-t) log(1 - s(y)) = relu(y) - t y + log(1 + exp(-|y|)); (s(y_k) - t_k) / K. */
  bce(output, target, gradient) {
    let sum = 0
    for (let k = 0; k < output.length; k++) {
      const y = output[k] as number
      const tail = Math.exp(-Math.abs(y))
      sum += Math.max(y, 0) - target(k) * y + Math.log1p(tail)
      const sigmoid = y >= 0 ? 1 / (1 + tail) : tail / (1 + tail)
      gradient[k] = (sigmoid - target(k)) / output.length
    }
    return sum / output.length
  },
}
