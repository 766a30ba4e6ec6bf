import type { Parameters } from '../../../shared/model.ts'
import { type Optimizer, type Settings, type Update, updateEach } from './optimizer.ts'

/** Adam (Kingma & Ba 2015, algorithm 1; torch.optim.Adam). */
export const adam: Optimizer<'beta1' | 'beta2' | 'eps'> = {
  id: 'adam',
  defaults: { beta1: 0.9, beta2: 0.999, eps: 1e-8 },
  update: (parameters, gradients, state, step, learningRate, settings) =>
    decayedAdam(parameters, gradients, state, step, learningRate, { ...settings, weightDecay: 0 }),
}

/** Adam with decoupled weight decay: p (1 - lr weightDecay) - Adam's step (Loshchilov & Hutter 2019, algorithm 2). */
export function decayedAdam(
  parameters: Parameters,
  gradients: Parameters,
  state: Parameters,
  step: number,
  learningRate: number,
  { beta1, beta2, eps, weightDecay }: Pick<Settings, 'beta1' | 'beta2' | 'eps' | 'weightDecay'>,
): Update {
  const correction1 = 1 - beta1 ** step
  const correction2 = Math.sqrt(1 - beta2 ** step)
  const kept = 1 - learningRate * weightDecay
  return updateEach(parameters, gradients, state, ['adam.m', 'adam.v'], ({ from, gradient, to, slots }) => {
    const [first, second] = slots as [Float32Array, Float32Array]
    for (let k = 0; k < to.length; k++) {
      const g = gradient[k] as number
      const m = beta1 * (first[k] as number) + (1 - beta1) * g
      const v = beta2 * (second[k] as number) + (1 - beta2) * g * g
      first[k] = m
      second[k] = v
      to[k] = kept * (from[k] as number) - ((learningRate / correction1) * m) / (Math.sqrt(v) / correction2 + eps)
    }
  })
}
