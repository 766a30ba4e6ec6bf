import { type Optimizer, updateEach } from './optimizer.ts'

/** Stochastic gradient descent (Robbins & Monro 1951; torch.optim.SGD): p - lr g. */
export const sgd: Optimizer = {
  id: 'sgd',
  defaults: {},
  update(parameters, gradients, state, _step, learningRate) {
    return updateEach(parameters, gradients, state, [], ({ from, gradient, to }) => {
      for (let k = 0; k < to.length; k++) to[k] = (from[k] as number) - learningRate * (gradient[k] as number)
    })
  },
}
