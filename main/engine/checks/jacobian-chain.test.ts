import { expect, test } from 'vitest'
import type { ModelConfig } from '../../../shared/model.ts'
import { losses } from '../losses.ts'
import { jacobianChain } from './jacobian-chain.ts'
import { problem64 } from './loss64.ts'
import { exampleOf } from './problems.ts'

const sizes = { inputSize: 1, hiddenSize: 2, layers: 1, outputSize: 1, head: 'last', loss: 'mse' } as const

test('where h is linear in h before it, the chain is the powers of W_hh', () => {
  const config: ModelConfig = { cell: 'rnn', activation: 'identity', ...sizes }
  const { model, batch } = exampleOf(config, [6], 1)
  const problem = problem64(model, batch, [6])
  const { hidden, jacobian } = jacobianChain(problem)
  const of = (name: string) => [...(problem.parameters[name]?.data ?? [])] as [number, number, number, number]
  const [a, b, c, d] = of('rnn.weight_hh_l0')
  const [p, q] = of('head.weight')
  let gradient = [p, q] as [number, number]
  const lengths: number[] = []
  for (let back = 0; back < 6; back++) {
    lengths.unshift(Math.hypot(...gradient))
    gradient = [a * gradient[0] + c * gradient[1], b * gradient[0] + d * gradient[1]]
  }
  // The loss's own slope scales all steps alike; only its size is left open here.
  for (const [t, flow] of hidden.data.entries()) {
    expect((flow * (lengths[5] as number)) / ((hidden.data[5] as number) * (lengths[t] as number))).toBeCloseTo(1, 6)
  }
  // sigma^2 is the larger root of x^2 - trace(W^T W) x + det(W)^2.
  const [trace, determinant] = [a * a + b * b + c * c + d * d, a * d - b * c]
  const sigma = Math.sqrt((trace + Math.sqrt(trace ** 2 - 4 * determinant ** 2)) / 2)
  for (const [t, found] of jacobian.data.entries()) expect(found).toBeCloseTo(t === 0 ? 0 : sigma, 6)
})

test('one LSTM unit over one step: the gradient of h is the head, that of c goes through o tanh(c)', () => {
  const config: ModelConfig = { cell: 'lstm', ...sizes, hiddenSize: 1 }
  const { model, batch } = exampleOf(config, [1], 2)
  const problem = problem64(model, batch, [1])
  const { hidden, cell } = jacobianChain(problem)
  const of = (name: string) => [...(problem.parameters[name]?.data ?? [])]
  const [x] = batch.inputs.data as Float32Array as unknown as [number]
  const drive = of('rnn.weight_ih_l0').map(
    (w, k) => w * x + (of('rnn.bias_ih_l0')[k] as number) + (of('rnn.bias_hh_l0')[k] as number),
  )
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))
  const [i, , g, o] = drive as [number, number, number, number]
  const c = sigmoid(i) * Math.tanh(g)
  const [weight, bias] = [of('head.weight')[0] as number, of('head.bias')[0] as number]
  const slope = new Float64Array(1)
  losses.mse(Float64Array.of(weight * sigmoid(o) * Math.tanh(c) + bias), () => batch.targets.data[0] as number, slope)
  const atHead = Math.abs(weight * (slope[0] as number))
  expect((hidden.data[0] as number) / atHead).toBeCloseTo(1, 6)
  expect((cell?.data[0] as number) / (atHead * sigmoid(o) * (1 - Math.tanh(c) ** 2))).toBeCloseTo(1, 6)
})
