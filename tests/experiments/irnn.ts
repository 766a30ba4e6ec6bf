import type { RunSpecInput } from '../../shared/spec.ts'
import { type Experiment, type Row, thousands, verdict } from './experiment.ts'
import { fresh, score, train } from './training.ts'

const activations = ['relu', 'tanh'] as const

/** The same plain RNN from the identity matrix, once with ReLU and once, from its usual start, with tanh. */
export const irnn: Experiment = {
  id: 'irnn',
  title: 'Adding problem: a ReLU RNN that starts from the identity, beside a tanh RNN',
  long: true,
  source: 'Le, Jaitly & Hinton 2015',
  run(bench) {
    const [length, steps] = [150, 6000]
    const [relu, tanh] = activations.map((activation) => {
      const run: RunSpecInput = {
        task: { id: 'adding', length },
        cells: [{ cell: 'rnn', activation, hiddenSize: 100 }],
        training: {
          steps,
          batchSize: 16,
          learningRate: 0.001,
          init: activation === 'relu' ? 'identity' : 'pytorch',
        },
      }
      const solved = train(bench, run, (step) => step.loss < 0.002)
      return { sequences: solved.sequences, loss: score(solved, fresh(run, 2560)).loss }
    })
    const row: Row = {
      target: 'the identity start solves it, tanh stays near guessing (MSE 0.1667)',
      ours: `MSE ${relu?.loss.toFixed(4)} after ${thousands(relu?.sequences ?? 0)} sequences, tanh ${tanh?.loss.toFixed(4)} after ${thousands(tanh?.sequences ?? 0)}`,
      sequences: relu?.sequences ?? 0,
      verdict: verdict((relu?.loss ?? 1) < 0.02 && (tanh?.loss ?? 0) > 0.08),
      remark: `T = ${length}, Adam instead of plain SGD`,
    }
    return [row]
  },
}
