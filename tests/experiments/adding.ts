import type { RunSpecInput } from '../../shared/spec.ts'
import { type Experiment, type Row, thousands, verdict } from './experiment.ts'
import { fresh, score, train } from './training.ts'

/** Published: sequences until the last 2,000 in a row were right, and wrong answers among 2,560 fresh ones. */
const published = [
  { length: 100, sequences: 74_000, wrong: 1 },
  { length: 500, sequences: 209_000, wrong: 0 },
  { length: 1000, sequences: 853_000, wrong: 1 },
]

const tests = 2560
const rightInARowNeeded = 2000

const spec = (length: number, steps: number): RunSpecInput => ({
  task: { id: 'adding', length },
  cells: [{ cell: 'lstm', hiddenSize: 32 }],
  training: { steps, batchSize: 32, learningRate: 0.005, forgetBias: 3 },
})

/**
 * Adding problem (Hochreiter & Schmidhuber 1997, experiment 4): stop when the last 2,000 training
 * sequences were all answered within 0.08 of the sum, then count wrong answers among 2,560 fresh ones.
 * With Adam and forget gates fewer sequences should do, so theirs are upper bounds.
 */
export const adding: Experiment = {
  id: 'adding',
  title: 'Adding problem, LSTM',
  long: true,
  source: 'Hochreiter & Schmidhuber 1997, experiment 4',
  run(bench) {
    return published.map(({ length, sequences, wrong }): Row => {
      const run = spec(length, Math.ceil(sequences / 32))
      const trained = train(bench, run, (_step, right) => right >= rightInARowNeeded)
      const failures = Math.round((1 - score(trained, fresh(run, tests)).metric) * tests)
      return {
        target: `T = ${length}: at most ${thousands(sequences)} sequences, ${wrong} of ${tests} wrong`,
        ours: `${thousands(trained.sequences)} sequences, ${failures} of ${tests} wrong`,
        sequences: trained.sequences,
        // A wrong answer more or less among 2,560 is chance.
        verdict: verdict(trained.solved && failures <= Math.max(wrong, 1) + 4),
        remark: bench.short
          ? 'a shorter sequence than was published'
          : '32 units, Adam, forget bias 3; their blocks had no forget gate',
      }
    })
  },
}
