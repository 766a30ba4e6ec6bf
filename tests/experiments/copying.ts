import { type Experiment, type Row, thousands, verdict } from './experiment.ts'
import { fresh, score, type Trial, train } from './training.ts'

const delay = 100
const steps = 25_000
const batchSize = 16
/** This close to what no memory scores, a network has found when to answer, and nothing of what. */
const near = 0.03

const trial = (cell: 'rnn' | 'lstm'): Trial => ({
  run: {
    task: { id: 'copy', delay },
    cells: [{ cell, hiddenSize: 64 }],
    training: {
      steps,
      batchSize,
      learningRate: cell === 'lstm' ? 0.004 : 0.001,
      schedule: { id: 'cosine' },
      ...(cell === 'lstm' && { forgetBias: 5 }),
    },
  },
})

/** A plain RNN stays at what a network without memory scores; an LSTM gets below it. */
export const copying: Experiment = {
  id: 'copying',
  title: `Copy memory, T = ${delay}: beside what no memory scores`,
  source: 'Arjovsky, Shah & Bengio 2016',
  long: true,
  run(bench) {
    return (['rnn', 'lstm'] as const).map((cell): Row => {
      const one = trial(cell)
      const trained = train(bench, one)
      const memoryless = trained.task.facts.baselines.test[0]?.loss ?? Number.NaN
      const { loss, metric } = score(trained, fresh(one, 2560))
      const [from, to] = [(1 - near) * memoryless, (1 + near) * memoryless]
      const holds = cell === 'rnn' ? loss >= from && loss <= to : loss < from
      return {
        target: `${cell}: ${cell === 'rnn' ? 'at' : 'below'} ${memoryless.toFixed(4)} nats`,
        ours: `${loss.toFixed(4)} nats, ${(100 * metric).toFixed(1)} % recalled (guessing 12.5 %)`,
        rule: cell === 'rnn' ? `${from.toFixed(4)} to ${to.toFixed(4)} nats` : `below ${from.toFixed(4)} nats`,
        sequences: trained.sequences,
        verdict: verdict(holds, cell === 'rnn' && loss < from ? 'differs' : 'not reached'),
        remark: `64 units, ${thousands(steps)} updates of ${batchSize} by Adam; theirs by RMSProp`,
      }
    })
  },
}
