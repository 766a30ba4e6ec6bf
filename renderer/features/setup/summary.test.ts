import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { cellNames, modelSummary, trainingSummary } from './summary.ts'

const optimizers = [{ id: 'rmsprop', defaults: { alpha: 0.99, eps: 1e-8 } }]

test('what is as usual is not told', () => {
  expect(trainingSummary({ optimizer: 'adam', clipNorm: 1, schedule: { id: 'constant' } }, en, optimizers)).toEqual([])
  expect(
    modelSummary([{ cell: 'rnn', layers: 1, activation: 'tanh' }], { init: 'pytorch', forgetBias: 1 }, en),
  ).toEqual([])
})

test('what is not as usual is told in a few words', () => {
  const training = {
    optimizer: 'rmsprop',
    alpha: 0.9,
    eps: 1e-8,
    clipNorm: null,
    clipValue: 2,
    schedule: { id: 'cosine', warmup: { totalIters: 50 } },
  } as const
  expect(trainingSummary(training, en, optimizers)).toEqual([
    'RMSprop, alpha 0.9',
    'falls like a cosine',
    'warm-up over 50 steps',
    'norm not clipped',
    'entries clipped at 2',
  ])
  expect(trainingSummary(training, zh)).toContain('逐项截断于 2')
})

test('the second of a cell has a number, and a match names whom it matches', () => {
  const cells = [
    { cell: 'lstm' },
    { cell: 'lstm', matchParametersOf: 0 },
    { cell: 'rnn', weights: 'per-step' as const },
  ]
  expect(cellNames(cells, en)).toEqual(['LSTM', 'LSTM 2', 'RNN'])
  expect(modelSummary(cells, { forgetBias: 0 }, en)).toEqual([
    'LSTM 2: as many parameters as LSTM',
    'RNN: weights of each step’s own',
    'forget bias 0',
  ])
})
