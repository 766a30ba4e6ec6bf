import type { RunSpecInput } from '../../shared/spec.ts'
import { type Experiment, type Row, thousands, verdict } from './experiment.ts'
import { fresh, score, train } from './training.ts'

/** A plain RNN stays at what a network without memory scores; an LSTM gets below it. */
export const copying: Experiment = {
  id: 'copying',
  title: 'Copy memory: beside what no memory scores',
  long: true,
  source: 'Arjovsky, Shah & Bengio 2016',
  run(bench) {
    const [delay, steps] = [100, 3000]
    return (['rnn', 'lstm'] as const).map((cell): Row => {
      const run: RunSpecInput = {
        task: { id: 'copy', delay },
        cells: [{ cell, hiddenSize: 64 }],
        training: { steps, batchSize: 32, learningRate: 0.003, ...(cell === 'lstm' && { forgetBias: 3 }) },
      }
      const trained = train(bench, run)
      const memoryless = trained.task.facts.baselines.test[0]?.loss ?? Number.NaN
      const { loss, metric } = score(trained, fresh(run, 512))
      const below = loss < 0.97 * memoryless
      return {
        target:
          cell === 'rnn'
            ? `rnn: at or above ${memoryless.toFixed(4)} nats`
            : `lstm: below ${memoryless.toFixed(4)} nats`,
        ours: `${loss.toFixed(4)} nats, ${(100 * metric).toFixed(0)} % recalled`,
        sequences: trained.sequences,
        verdict: verdict(cell === 'rnn' ? !below : below),
        remark: `T = ${delay}, ${thousands(steps * 32)} sequences`,
      }
    })
  },
}
