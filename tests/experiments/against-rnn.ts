import { type Experiment, thousands, verdict } from './experiment.ts'
import { fresh, score, type Trial, train } from './training.ts'

const published = { lstm: 0.0007, rnn: 0.0706 }
const batchSize = 16

const trial = (cell: string, seed: number, steps: number, length: number): Trial => ({
  run: {
    task: { id: 'adding', length },
    cells: [{ cell, hiddenSize: 32 }],
    training: { steps, batchSize, learningRate: 0.01, schedule: { id: 'cosine' } },
    seed,
  },
})

/** The same data, size and optimiser for both. */
export const againstRnn: Experiment = {
  id: 'against-rnn',
  title: 'Adding problem, LSTM beside a plain RNN',
  source: 'an independent replication in NumPy',
  run(bench) {
    const [seeds, steps, length] = bench.short ? [[1], 4000, 50] : [[1, 2, 3, 4, 5], 6000, 50]
    const errors = seeds.map((seed) => {
      const errorOf = (cell: string) => {
        const one = trial(cell, seed, steps, length)
        return score(train(bench, one), fresh(one, 2560)).loss
      }
      return { lstm: errorOf('lstm'), rnn: errorOf('rnn') }
    })
    const mean = (cell: 'lstm' | 'rnn') => errors.reduce((sum, error) => sum + error[cell], 0) / errors.length
    const better = errors.filter(({ lstm, rnn }) => lstm < rnn).length
    const [lstm, rnn] = [mean('lstm'), mean('rnn')]
    return [
      {
        target: `mean MSE ${published.lstm} against ${published.rnn}, LSTM better in 5 of 5 seeds`,
        ours: `mean MSE ${lstm.toFixed(5)} against ${rnn.toFixed(4)}, LSTM better in ${better} of ${seeds.length}`,
        rule: `LSTM's mean at most ${published.lstm}, RNN's at least ${published.rnn}, LSTM better in every seed`,
        sequences: steps * batchSize,
        verdict: verdict(lstm <= published.lstm && rnn >= published.rnn && better === seeds.length),
        remark: `T = ${length} (theirs is not known), seeds ${seeds.join(', ')}, ${thousands(steps * batchSize)} sequences each; 32 units, Adam in batches of ${batchSize}, learning rate 0.01 falling as a cosine`,
      },
    ]
  },
}
