import { expect, test } from 'vitest'
import type { Experiment } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { Track } from '../training/track.ts'
import { flowCsv, historyCsv, horizonCsv, profileCsv } from './csv.ts'

const experiment = { runs: [{ name: 'lstm', cell: 'lstm' }] } as unknown as Experiment
const track = new Track()
track.appendFlow({
  step: Int32Array.of(1, 5),
  hidden: ndarray([2, 2], Float32Array.of(0.1, 1, Number.NaN, 0)),
  cell: ndarray([2, 2], Float32Array.of(0.25, 2, 3, 4)),
})
track.appendHistory({
  step: Int32Array.of(1),
  loss: Float32Array.of(0.5),
  metric: Float32Array.of(0.75),
  validationLoss: Float32Array.of(Number.NaN),
  validationMetric: Float32Array.of(Number.NaN),
})

test('flow is one line a training step, time step and state', () => {
  const lines = flowCsv(experiment, [track]).trim().split('\n')
  expect(lines).toHaveLength(9)
  expect(lines[1]).toBe('lstm,h,1,1,0.100000001')
  expect(lines[3]).toBe('lstm,h,5,1,')
  expect(lines[5]).toBe('lstm,c,1,1,0.25')
})

test('history leaves empty what was not measured', () => {
  expect(historyCsv(experiment, [track], 'loss')).toBe('run,training_step,loss,validation_loss\nlstm,1,0.5,\n')
})

test('a profile has a column for each state', () => {
  expect(profileCsv(experiment, [track], 4)).toBe('time_step,lstm_h,lstm_c\n1,0.100000001,0.25\n2,1,2\n')
})

test('a horizon stands beside its training step, empty where it is undefined', () => {
  const rows = horizonCsv(experiment, [track]).trim().split('\n')
  expect(rows[0]).toBe('run,state,training_step,memory_horizon')
  // Of h the second row ends in 0; of c no value falls under 1 % of the last.
  expect(rows.slice(1)).toEqual(['lstm,h,1,2', 'lstm,h,5,', 'lstm,c,1,2', 'lstm,c,5,2'])
})
