import { pickExamples } from '../../main/engine/sequence.ts'
import type { RunSpecInput } from '../../shared/spec.ts'
import { type Experiment, type Row, verdict } from './experiment.ts'
import { type Trained, train } from './training.ts'

/** Share of wrong answers for each number of attractors, on the held-out sentences. */
function errorsByAttractors({ trainer, task }: Trained): number[] {
  const limit = Number.MAX_SAFE_INTEGER
  const batch = task.heldOut('test', limit)
  const counted = task.tags?.('test', limit).attractors ?? new Int32Array()
  const most = Math.max(...counted)
  return Array.from({ length: most + 1 }, (_, attractors) => {
    const rows = [...counted.keys()].filter((k) => counted[k] === attractors)
    return 1 - trainer.answer(pickExamples(batch, rows)).metric
  })
}

/** Number agreement with nouns of the other number in between, at distances longer than those trained on. */
export const attractors: Experiment = {
  id: 'attractors',
  title: 'Number agreement: errors rise with attractors',
  source: 'Linzen, Dupoux & Goldberg 2016',
  run(bench) {
    const steps = bench.short ? 250 : 600
    const errorsOf = (cell: string): number[] => {
      const run: RunSpecInput = {
        task: { id: 'agreement', attractors: 4, maxDistance: 15, testDistance: 24 },
        cells: [{ cell, hiddenSize: 16 }],
        training: { steps, batchSize: 32 },
      }
      return errorsByAttractors(train(bench, run))
    }
    const [rnn, lstm] = [errorsOf('rnn'), errorsOf('lstm')]
    const shown = (errors: readonly number[]) =>
      `${errors.map((error) => `${(100 * error).toFixed(0)} %`).join(', ')} with 0 to ${errors.length - 1} attractors`
    const common = { sequences: steps * 32, remark: 'made-up sentences, longer than those trained on' }
    const rows: Row[] = [
      {
        target: 'rnn: more errors with more attractors',
        ours: shown(rnn),
        verdict: verdict((rnn.at(-1) as number) > (rnn[0] as number)),
        ...common,
      },
      {
        target: 'lstm: fewer errors than the rnn, whatever stands between',
        ours: shown(lstm),
        verdict: verdict(lstm.every((error, k) => error <= (rnn[k] as number))),
        ...common,
      },
    ]
    return rows
  },
}
