import type { Batch, ModelConfig } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { losses } from './losses.ts'

/** A scalar of the network's output and its gradient, shaped like the output. */
export interface Objective {
  readonly value: number
  readonly gradient: Floats
}

/** L: the mean over examples of each one's loss; for a head at every step first the mean over its real steps. */
export function meanLoss(config: ModelConfig, output: Floats, targets: Batch['targets'], lengths: readonly number[]) {
  const share = 1 / lengths.length
  if (config.head === 'last') return weighedLoss(config, output, targets, lengths, () => share)
  return weighedLoss(config, output, targets, lengths, (b) => share / (lengths[b] as number))
}

/** Mean of e_b, each example's own loss at its last real step: its gradient is the flow. */
export function lastStepLoss(
  config: ModelConfig,
  output: Floats,
  targets: Batch['targets'],
  lengths: readonly number[],
) {
  const share = 1 / lengths.length
  if (config.head === 'last') return weighedLoss(config, output, targets, lengths, () => share)
  return weighedLoss(config, output, targets, lengths, (b, t) => (t === (lengths[b] as number) - 1 ? share : 0))
}

/** Sum of s_b: the output itself for K = 1, else the logit of the class it answers, at the last real step. */
export function answers({ head, outputSize }: ModelConfig, output: Floats, lengths: readonly number[]): Objective {
  const steps = head === 'last' ? 1 : (output.shape[1] as number)
  const gradient = new Float32Array(output.data.length)
  let value = 0
  for (const [b, length] of lengths.entries()) {
    const from = (b * steps + (head === 'last' ? 0 : length - 1)) * outputSize
    const row = output.data.subarray(from, from + outputSize)
    const best = row.reduce((at, y, k) => (y > (row[at] as number) ? k : at), 0)
    gradient[from + best] = 1
    value += row[best] as number
  }
  return { value, gradient: ndarray(output.shape, gradient) }
}

/** Sum of every prediction's loss times its weight; predictions of weight 0, as padded steps, are not read. */
function weighedLoss(
  { loss, head, outputSize }: ModelConfig,
  output: Floats,
  targets: Batch['targets'],
  lengths: readonly number[],
  weightOf: (b: number, t: number) => number,
): Objective {
  const steps = head === 'last' ? 1 : (output.shape[1] as number)
  const gradient = new Float32Array(output.data.length)
  const answered = new Float64Array(outputSize)
  const derivative = new Float64Array(outputSize)
  let value = 0
  for (const [b, length] of lengths.entries()) {
    for (let t = 0; t < (head === 'last' ? 1 : length); t++) {
      const weight = weightOf(b, t)
      if (weight === 0) continue
      const row = b * steps + t
      const from = row * outputSize
      answered.set(output.data.subarray(from, from + outputSize))
      const target = (k: number) => targets.data[loss === 'cross-entropy' ? row : from + k] as number
      value += weight * losses[loss](answered, target, derivative)
      for (let k = 0; k < outputSize; k++) gradient[from + k] = weight * (derivative[k] as number)
    }
  }
  return { value, gradient: ndarray(output.shape, gradient) }
}
