import { expect, test } from 'vitest'
import type { Answers, Experiment } from '../../../shared/contract.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { en } from '../../i18n/en.ts'
import { accuracies } from './accuracy.ts'
import { accuracyChart } from './accuracy-chart.ts'

const whole = (...values: number[]) => ndarray([values.length], Int32Array.from(values))
const scores = (...values: number[]) => ndarray([values.length], Float32Array.from(values))
const experiment = {
  spec: { task: { id: 'agreement', maxDistance: 2 } },
  facts: { outputs: 'class', metric: { id: 'accuracy' }, baselines: { test: [{ id: 'chance', metric: 0.5 }] } },
  runs: [
    { name: 'rnn', cell: 'rnn' },
    { name: 'lstm', cell: 'lstm' },
  ],
} as unknown as Experiment
const answers = {
  tags: { distance: whole(1, 1, 1, 1, 2, 3), attractors: whole(0, 0, 0, 0, 0, 0) },
  metrics: [scores(1, 1, 0, 0, 0, 1), scores(1, 1, 1, 1, 1, 1)],
} as unknown as Answers

test('every tag in which examples differ sorts the answers of every run, counted by value', () => {
  const [distance, ...others] = accuracies(answers, experiment)
  expect(others).toEqual([])
  expect(distance?.bins.map(({ from }) => from)).toEqual([1, 2, 3])
  expect([distance?.border, distance?.chance]).toEqual([2, 0.5])
  expect(distance?.runs.map(({ shares }) => shares.map(({ count, right }) => [count, right]))).toEqual([
    [
      [4, 0.5],
      [1, 0],
      [1, 1],
    ],
    [
      [4, 1],
      [1, 1],
      [1, 1],
    ],
  ])
})

test('what is taken home are these numbers, and each example’s own', () => {
  const [distance] = accuracies(answers, experiment)
  if (!distance) throw new Error('no chart')
  const { title, csv, arrays } = accuracyChart(distance, 'Accuracy', en)
  expect(title).toBe('Accuracy by distance')
  const lines = csv().trim().split('\n')
  expect(lines[0]).toBe('run,distance_from,distance_to,examples,accuracy,low,high')
  expect(lines[1]).toMatch(/^rnn,1,1,4,0\.5,0\.15\d+,0\.84\d+$/)
  expect(lines).toHaveLength(7)
  const found = arrays()
  expect([...(found['lstm.accuracy']?.data ?? [])]).toEqual([1, 1, 1])
  expect([...(found['examples.distance']?.data ?? [])]).toEqual([1, 1, 1, 1, 2, 3])
  expect([...(found['examples.rnn']?.data ?? [])]).toEqual([1, 1, 0, 0, 0, 1])
})

test('of a task that is answered at each step the chart says that a score is a share of steps', () => {
  const facts = { ...experiment.facts, outputs: 'class-series' as const }
  const captions = [experiment, { ...experiment, facts }].map((one) =>
    accuracies(answers, one).map((accuracy) => accuracyChart(accuracy, 'Accuracy', en).caption),
  )
  expect(captions).toEqual([[en.answers.intervalNote], [en.answers.intervalNoteOfSteps]])
})

test('a tag that a person named stays one column, whatever is in its name', () => {
  const [accuracy] = accuracies({ ...answers, tags: { 'near, or far': whole(1, 1, 1, 1, 2, 3) } }, experiment)
  if (!accuracy) throw new Error('no chart')
  const [header] = accuracyChart(accuracy, 'Accuracy', en).csv().split('\n')
  expect(header).toBe('run,"near, or far_from","near, or far_to",examples,accuracy,low,high')
})
