import type { RunSpecInput } from '../../shared/spec.ts'
import { type Experiment, thousands, verdict } from './experiment.ts'
import { fresh, score, train } from './training.ts'

const published = { sequences: 31_390, wrong: 1 }
const tests = 2560

/** Stop when the last 2,000 training sequences were all classified right, then count among 2,560 fresh ones. */
export const temporalOrder: Experiment = {
  id: 'temporal-order',
  title: 'Temporal order 6a, LSTM',
  source: 'Hochreiter & Schmidhuber 1997, experiment 6a',
  run(bench) {
    const length = bench.short ? 30 : 100
    const run: RunSpecInput = {
      task: { id: 'temporal-order', variant: '6a', length },
      cells: [{ cell: 'lstm', hiddenSize: 32 }],
      training: { steps: Math.ceil(published.sequences / 16), batchSize: 16, learningRate: 0.005, forgetBias: 3 },
    }
    const trained = train(bench, run, (_step, right) => right >= 2000)
    const wrong = Math.round((1 - score(trained, fresh(run, tests)).metric) * tests)
    return [
      {
        target: `at most ${thousands(published.sequences)} sequences, ${published.wrong} of ${tests} wrong`,
        ours: `${thousands(trained.sequences)} sequences, ${wrong} of ${tests} wrong`,
        sequences: trained.sequences,
        verdict: verdict(trained.solved && wrong <= 5),
        remark: `lengths ${length} to ${Math.round(length * 1.1)}, 32 units, Adam, forget bias 3`,
      },
    ]
  },
}
