import { type Experiment, thousands, verdict } from './experiment.ts'
import { fresh, score, type Trained, type Trial, train } from './training.ts'

/** Always answering the mean. */
const guessing = 1 / 6
const solvedBelow = 0.01
const batchSize = 16

const trial = (activation: 'relu' | 'tanh', length: number, steps: number): Trial => ({
  run: {
    task: { id: 'adding', length },
    cells: [{ cell: 'rnn', activation, hiddenSize: 64 }],
    training: {
      steps,
      batchSize,
      learningRate: 0.0003,
      init: activation === 'relu' ? 'identity' : 'pytorch',
    },
  },
})

/** The same plain RNN, once with ReLU from the identity matrix, once with tanh from PyTorch's start. */
export const irnn: Experiment = {
  id: 'irnn',
  title: 'Adding problem: a ReLU RNN that starts from the identity, beside a tanh RNN',
  source: 'Le, Jaitly & Hinton 2015',
  run(bench) {
    // The identity start ends when it has solved it: its steps are a limit, those of tanh a budget.
    const [length, budget, limit] = bench.short ? [40, 8000, 24_000] : [150, 40_000, 40_000]
    const errorOf = (activation: 'relu' | 'tanh', steps: number, stopped: (loss: number) => boolean) => {
      const one = trial(activation, length, steps)
      // The mean of many updates: a single batch says little.
      let mean = guessing
      const trained: Trained = train(bench, one, ({ loss }) => {
        mean += 0.01 * (loss - mean)
        return stopped(mean)
      })
      return { sequences: trained.sequences, loss: score(trained, fresh(one, 2560)).loss }
    }
    const relu = errorOf('relu', limit, (mean) => mean < solvedBelow / 2)
    const tanh = errorOf('tanh', budget, () => false)
    return [
      {
        target: `the identity start solves it, tanh stays near guessing (MSE ${guessing.toFixed(4)})`,
        ours: `MSE ${relu.loss.toFixed(4)} after ${thousands(relu.sequences)} sequences, tanh ${tanh.loss.toFixed(4)} after ${thousands(tanh.sequences)}`,
        rule: `MSE of the identity start below ${solvedBelow}, of tanh above 0.9 of guessing`,
        sequences: relu.sequences,
        verdict: verdict(
          relu.loss < solvedBelow && tanh.loss > 0.9 * guessing,
          relu.loss < solvedBelow ? 'differs' : 'not reached',
        ),
        remark: `T = ${length}, 64 units, Adam with learning rate 0.0003 in batches of ${batchSize}; theirs 100 units and plain SGD`,
      },
    ]
  },
}
