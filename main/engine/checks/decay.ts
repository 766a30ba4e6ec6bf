import type { CheckRow } from '../../../shared/contract.ts'
import type { ModelConfig, Trace } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Compute } from '../layers/layer.ts'
import { type LayerQuantities, measure } from '../measure.ts'
import { compareTraces, tolerance } from './compare.ts'
import { jacobianChain } from './jacobian-chain.ts'
import { problem64 } from './loss64.ts'
import { exampleOf, variants } from './problems.ts'

/**
 * An untrained network's gradient fades as its Jacobians say: the measured flow of h and of c is at every
 * step what the product of the Jacobians leaves of the gradient at the end, and the measured norms of
 * the Jacobians are theirs. The figure is the largest relative difference at any step, above or below.
 */
export function checkDecay(compute: Compute): CheckRow[] {
  return variants.map(({ of, config: equations }) => {
    const sizes = { inputSize: 2, hiddenSize: 8, layers: 1, outputSize: 1 } as const
    const config: ModelConfig = { ...equations, ...sizes, head: 'last', loss: 'mse' }
    const { model, batch } = exampleOf(config, [30, 30, 17], 9)
    const found = measure(compute, model, batch)
    const { flow, jacobians } = found.layers[0] as LayerQuantities
    const { jacobian, ...expected } = jacobianChain(problem64(model, batch, found.lengths))
    const measured: Trace = {
      'layers.0.jacobian': ndarray(jacobian.shape, jacobians?.jacobian ?? new Float32Array()),
      ...named({
        hidden: ndarray([flow.hidden.length], flow.hidden),
        ...(flow.cell && { cell: ndarray([flow.cell.length], flow.cell) }),
      }),
    }
    const rows = compareTraces(measured, { 'layers.0.jacobian': jacobian, ...named(expected) })
    return { of, figure: Math.max(...rows.map(({ relative }) => relative)), limit: tolerance }
  })
}

const named = (flows: Trace): Trace =>
  Object.fromEntries(Object.entries(flows).map(([state, flow]) => [`layers.0.flow.${state}`, flow]))
