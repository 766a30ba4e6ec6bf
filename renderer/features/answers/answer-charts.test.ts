import { expect, test } from 'vitest'
import type { Answers, RunSummary } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { en } from '../../i18n/en.ts'
import { confusionChart, scatterChart, seriesChart } from './answer-charts.ts'
import { wordChart } from './word-chart.ts'

const runs = [
  { name: 'rnn', cell: 'rnn' },
  { name: 'lstm', cell: 'lstm' },
] as unknown as RunSummary[]
const answering = {
  runs,
  outputs: [Float32Array.of(0.5, 1), Float32Array.of(0.25, Number.NaN)],
  truth: Float32Array.of(0.75, 2),
}
const range = { min: 0, max: 2 }

test('answers are taken home beside the truth, a line for each example', () => {
  const { csv, arrays } = scatterChart(answering, range, en)
  expect(csv()).toBe('example,target,rnn,lstm\n1,0.75,0.5,0.25\n2,2,1,NaN\n')
  expect([...(arrays().lstm?.data ?? [])]).toEqual([0.25, Number.NaN])
  expect([...(arrays().target?.data ?? [])]).toEqual([0.75, 2])
})

test('a stretch of a series keeps the numbers of its rows', () => {
  const words = { id: 'forecast', title: 'level', caption: '' }
  expect(seriesChart(words, answering, range, 41, undefined, en).csv()).toContain('\n41,0.75,0.5,0.25\n42,')
})

test('what is drawn beside the answers is taken home with them', () => {
  const words = { id: 'forecast', title: 'level', caption: '' }
  const { csv, arrays } = seriesChart(words, answering, range, 1, Float32Array.of(0, 0.75), en)
  expect(csv()).toBe('row,target,rnn,lstm,persistence\n1,0.75,0.5,0.25,0\n2,2,1,NaN,0.75\n')
  expect([...(arrays().persistence?.data ?? [])]).toEqual([0, 0.75])
})

test('of classes every pair of truth and answer is counted', () => {
  const answers = {
    targets: ndarray([3], Float32Array.of(0, 1, 1)),
    outputs: [ndarray([3], Float32Array.of(0, 0, 1)), ndarray([3], Float32Array.of(0, 1, 1))],
  } as unknown as Answers
  const { csv, arrays } = confusionChart(answers, runs, ['was', 'were "we"'], en)
  expect(arrays()['rnn.counts']).toEqual(ndarray([2, 2], Int32Array.of(1, 0, 1, 1)))
  expect(csv().split('\n').slice(0, 4)).toEqual([
    'run,target,answer,examples',
    'rnn,was,was,1',
    'rnn,was,"were ""we""",0',
    'rnn,"were ""we""",was,1',
  ])
})

test('words that are answered at every step are taken home as words, and as ids in the arrays', () => {
  const words = { id: 'series', title: 'Answers at every step', caption: '' }
  const ids = { runs, outputs: [Float32Array.of(0, 1), Float32Array.of(1, 1)], truth: Float32Array.of(0, 1) }
  const { csv, arrays, dense } = wordChart(words, ids, (id) => ['B', 'T,'][id] ?? '', en)
  expect(csv()).toBe('time_step,target,rnn,lstm\n1,B,B,"T,"\n2,"T,","T,","T,"\n')
  expect(arrays()).toEqual({
    target: ndarray([2], Int32Array.of(0, 1)),
    rnn: ndarray([2], Int32Array.of(0, 1)),
    lstm: ndarray([2], Int32Array.of(1, 1)),
  })
  expect(dense).toBe(false)
})
