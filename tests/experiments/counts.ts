import { parameterShapes } from '../../main/engine/initialise.ts'
import { sizeOf } from '../../shared/ndarray.ts'
import { type Experiment, thousands, verdict } from './experiment.ts'

const published = { lstm: 5_764_800, gru: 4_323_600 } as const

/** Two layers of 600 units that read 600 numbers; the paper counts one bias for each gate, PyTorch stores two. */
export const counts: Experiment = {
  id: 'counts',
  title: 'Recurrent parameters of two layers of 600 units',
  source: 'Madsen 2019, Visualizing memorization in RNNs (Distill)',
  run: () =>
    (['lstm', 'gru'] as const).map((cell) => {
      const size = { inputSize: 600, hiddenSize: 600, outputSize: 1, layers: 2 }
      const shapes = Object.entries(parameterShapes({ cell, ...size, head: 'last', loss: 'mse' }))
      const counted = shapes
        .filter(([name]) => name.startsWith('rnn.') && !name.startsWith('rnn.bias_hh'))
        .reduce((sum, [, shape]) => sum + sizeOf(shape), 0)
      return {
        target: `${cell}: ${thousands(published[cell])}`,
        ours: thousands(counted),
        rule: 'equal',
        verdict: verdict(counted === published[cell]),
      }
    }),
}
