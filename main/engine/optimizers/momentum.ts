import { type Optimizer, updateEach } from './optimizer.ts'

/**
 * Gradient descent with momentum (Polyak 1964; torch.optim.SGD without dampening):
 *   b = momentum b + g     p - lr b,  or with Nesterov's look ahead (Sutskever et al. 2013) p - lr (g + momentum b)
 */
export const momentum: Optimizer<'momentum' | 'nesterov'> = {
  id: 'momentum',
  defaults: { momentum: 0.9, nesterov: false },
  update(parameters, gradients, state, _step, learningRate, settings) {
    return updateEach(parameters, gradients, state, ['momentum.buffer'], ({ from, gradient, to, slots }) => {
      const [buffer] = slots as [Float32Array]
      for (let k = 0; k < to.length; k++) {
        const g = gradient[k] as number
        const b = settings.momentum * (buffer[k] as number) + g
        buffer[k] = b
        to[k] = (from[k] as number) - learningRate * (settings.nesterov ? g + settings.momentum * b : b)
      }
    })
  },
}
