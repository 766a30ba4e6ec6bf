import { expect, test } from 'vitest'
import type { Dataset, LabInfo } from '../../../shared/contract.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import { draftFor, dropDraft, keepDraft } from './draft.ts'
import { SetupForm } from './form.svelte.ts'

const length = { type: 'integer', minimum: 2, maximum: 5000, default: 50 }
const task = (id: string, properties: Record<string, unknown> = { length }) =>
  ({ id, needs: 'nothing', schema: { properties: { id: { const: id }, ...properties } } }) as const
const csv = { ...task('csv', { file: {}, target: {}, window: { ...length, default: 24 } }), needs: 'table' as const }
const info: LabInfo = {
  version: '1',
  workspace: '',
  tasks: [task('adding'), task('scalar'), task('copy', { delay: length }), csv],
  cells: [
    { id: 'rnn', hasCellState: false, gates: [] },
    { id: 'lstm', hasCellState: true, gates: ['input', 'forget', 'candidate', 'output'] },
    { id: 'gru', hasCellState: false, gates: ['reset', 'update', 'candidate'] },
  ],
  optimizers: [
    { id: 'sgd', defaults: {} },
    { id: 'momentum', defaults: { momentum: 0.9, nesterov: false } },
    { id: 'adam', defaults: { beta1: 0.9, beta2: 0.999, eps: 1e-8 } },
  ],
}
const table = { id: 'd1', kind: 'table', columns: ['year', 'co2'] } as unknown as Dataset
const form = (begin = {}) => new SetupForm(info, [table], begin)

test('a form that is left as it is stands for the defaults', () => {
  expect(form().spec()).toEqual({
    task: { id: 'adding', length: 50 },
    cells: [
      { cell: 'rnn', hiddenSize: 32, layers: 1, activation: 'tanh' },
      { cell: 'lstm', hiddenSize: 32, layers: 1 },
    ],
    training: {
      steps: 1200,
      batchSize: 32,
      learningRate: 0.01,
      clipNorm: 1,
      clipValue: null,
      optimizer: 'adam',
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      schedule: { id: 'constant' },
      init: 'pytorch',
      forgetBias: 1,
    },
    seed: 1,
  })
})

test('an optimiser brings its own settings and takes those of the one before away', () => {
  const { training } = form()
  training.numbers.beta1 = 0.5
  training.chooseOptimizer('momentum')
  expect(training.spec()).toMatchObject({ optimizer: 'momentum', momentum: 0.9, nesterov: false })
  expect(training.spec()).not.toHaveProperty('beta1')
  training.chooseOptimizer('adam')
  expect(training.spec()).toMatchObject({ beta1: 0.9 })
})

test('a schedule is sent with what it reads, and without what is left empty', () => {
  const { training } = form()
  training.chooseSchedule('cosine')
  training.warmup = true
  expect(training.spec().schedule).toEqual({ id: 'cosine', etaMin: 0, warmup: { totalIters: 100 } })
  training.numbers.startFactor = 0.2
  training.chooseSchedule('step')
  expect(training.spec().schedule).toEqual({
    id: 'step',
    stepSize: 500,
    gamma: 0.1,
    warmup: { totalIters: 100, startFactor: 0.2 },
  })
})

test('a cell has a size, or as many parameters as one that has', () => {
  const { cells } = form()
  const [rnn, lstm] = cells.rows as [(typeof cells.rows)[0], (typeof cells.rows)[0]]
  cells.match(rnn, lstm.key)
  expect(cells.partners(lstm)).toEqual([])
  expect(cells.spec()[0]).toEqual({ cell: 'rnn', matchParametersOf: 1, layers: 1, activation: 'tanh' })
  cells.match(lstm, rnn.key)
  expect(cells.spec().map(({ matchParametersOf }) => matchParametersOf)).toEqual([undefined, 0])
  cells.remove(rnn.key)
  expect(cells.spec()).toEqual([{ cell: 'lstm', hiddenSize: 32, layers: 1 }])
})

test('a forget bias that no cell reads is the default', () => {
  const { cells } = form()
  cells.load([{ cell: 'gru' }], { forgetBias: 5 })
  expect(cells.readForgetBias).toBe(false)
  expect(cells.trainingSpec().forgetBias).toBe(1)
})

test('a stored spec comes back, without the sizes that a match came to', () => {
  const stored: RunSpec = {
    task: { id: 'csv', file: 'd1', target: 'year', window: 12 },
    cells: [
      { cell: 'lstm', hiddenSize: 8, layers: 2, weights: 'per-step' },
      { cell: 'rnn', hiddenSize: 19, matchParametersOf: 0, layers: 1, activation: 'relu' },
    ],
    training: {
      steps: 30,
      batchSize: 4,
      learningRate: 0.1,
      optimizer: 'momentum',
      momentum: 0.5,
      nesterov: true,
      schedule: { id: 'step', stepSize: 7, gamma: 0.5, warmup: { totalIters: 3, startFactor: 0.5 } },
      clipValue: 2,
      clipNorm: null,
      init: 'identity',
      forgetBias: 0,
    },
    seed: 9,
  }
  const { hiddenSize: _came, ...matched } = stored.cells[1] as RunSpec['cells'][number]
  const again = form({ spec: stored })
  expect(again.spec()).toEqual({ ...stored, cells: [stored.cells[0], matched] })
  expect(again.faults).toBe(0)
  again.training.chooseOptimizer('adam')
  expect(again.spec().training).not.toHaveProperty('momentum')
  expect(again.spec().training).not.toHaveProperty('nesterov')
})

test('a task brings its preset, unless a person has changed what it would replace', () => {
  const fresh = form()
  fresh.chooseTask('scalar')
  expect(fresh.spec()).toMatchObject({
    cells: [{ cell: 'rnn', hiddenSize: 1, activation: 'identity' }],
    training: { init: 'identity', learningRate: 0.001 },
  })
  fresh.chooseTask('adding')
  expect(fresh.spec()).toEqual(form().spec())

  const changed = form()
  changed.cells.add('gru')
  changed.chooseTask('scalar')
  expect(changed.cells.rows).toHaveLength(3)
  expect(changed.training.numbers.learningRate).toBe(0.001)
  changed.chooseTask('copy')
  expect(changed.spec()).toMatchObject({ task: { delay: 20 }, training: { learningRate: 0.01, steps: 3000 } })
})

test('what is not filled in as it has to be is counted', () => {
  const wrong = form()
  wrong.training.numbers.beta2 = 1
  wrong.training.numbers.clipNorm = null
  wrong.seed = null
  expect(wrong.faults).toBe(2)
  wrong.training.chooseOptimizer('sgd')
  expect(wrong.faults).toBe(1)
})

test('a form that was refused is found again with every entry, until it is started or given up', () => {
  const filled = form({ dataset: 'd1' })
  filled.training.numbers.steps = 20
  filled.cells.add('gru')
  filled.seed = 7
  filled.name = 'mine'
  keepDraft(filled)
  const renamed = { ...table, name: 'renamed' }
  const again = draftFor({ dataset: 'd1' }, undefined, [renamed])
  expect(again).toBe(filled)
  expect(again?.dataset?.name).toBe('renamed')
  expect(again?.spec()).toMatchObject({ training: { steps: 20 }, seed: 7 })
  expect(draftFor({ task: 'adding' }, undefined, [table])).toBeUndefined()
  expect(draftFor({ dataset: 'd2' }, undefined, [table])).toBeUndefined()
  expect(draftFor({}, 'e1', [table])).toBeUndefined()
  dropDraft()
  expect(draftFor({ dataset: 'd1' }, undefined, [table])).toBeUndefined()
})

test('a file that is opened while the form is comes into it, beside what was filled in', () => {
  const open = form({ task: 'adding' })
  open.training.numbers.steps = 20
  open.take('d1', [table])
  expect(open.taskId).toBe('csv')
  open.numbers.window = 12
  open.take('d2', [table, { ...table, id: 'd2' }])
  expect(open.spec()).toMatchObject({ task: { id: 'csv', file: 'd2', window: 12 }, training: { steps: 20 } })
})
