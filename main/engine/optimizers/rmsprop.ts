import { type Optimizer, updateEach } from './optimizer.ts'

/** RMSprop (Tieleman & Hinton 2012; torch.optim.RMSprop): v = alpha v + (1 - alpha) g^2, p - lr g / (sqrt(v) + eps). */
export const rmsprop: Optimizer<'alpha' | 'eps'> = {
  id: 'rmsprop',
  defaults: { alpha: 0.99, eps: 1e-8 },
  update(parameters, gradients, state, _step, learningRate, { alpha, eps }) {
    return updateEach(parameters, gradients, state, ['rmsprop.v'], ({ from, gradient, to, slots }) => {
      const [square] = slots as [Float32Array]
      for (let k = 0; k < to.length; k++) {
        const g = gradient[k] as number
        const v = alpha * (square[k] as number) + (1 - alpha) * g * g
        square[k] = v
        to[k] = (from[k] as number) - (learningRate * g) / (Math.sqrt(v) + eps)
      }
    })
  },
}
