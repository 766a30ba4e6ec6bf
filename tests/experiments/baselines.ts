import { taskById } from '../../main/engine/tasks/registry.ts'
import type { Floats } from '../../shared/ndarray.ts'
import { type Experiment, type Row, verdict } from './experiment.ts'
import { fresh, meanSquare } from './training.ts'

/** 10 ln 8 / (T + 20) nats, to the digits that were published. */
const copyBaselines = [
  [100, 0.1733],
  [200, 0.0945],
  [300, 0.065],
  [500, 0.04],
  [1000, 0.0204],
] as const

export const baselines: Experiment = {
  id: 'baselines',
  title: 'What guessing scores',
  source: 'Arjovsky, Shah & Bengio 2016; Le, Jaitly & Hinton 2015',
  run() {
    const run = { task: { id: 'adding', length: 100 }, cells: [{ cell: 'rnn' }] }
    const measured = meanSquare(fresh({ run }, 50_000).targets as Floats, 1)
    const adding: Row = {
      target: 'adding, always the mean: MSE 0.1667',
      ours: `${measured.toFixed(4)} on 50,000 sequences`,
      rule: 'within 0.002 of 1/6',
      verdict: verdict(Math.abs(measured - 1 / 6) < 0.002),
    }
    const copying = copyBaselines.map(([delay, published]): Row => {
      const { facts } = taskById('copy').create({ id: 'copy', delay, symbols: 10, alphabet: 8 }, undefined, 1)
      const loss = facts.baselines.test[0]?.loss ?? Number.NaN
      return {
        target: `copy, T = ${delay}: ${published} nats`,
        ours: loss.toFixed(4),
        rule: 'equal to the digits published',
        verdict: verdict(Math.abs(loss - published) < 5e-5),
      }
    })
    return [adding, ...copying]
  },
}
