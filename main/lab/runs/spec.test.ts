import { describe, expect, it } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import { resolveSpec, withSizes } from './spec.ts'

const adding = { task: { id: 'adding' }, cells: [{ cell: 'rnn' }] }

function problem(input: unknown): LabError {
  try {
    resolveSpec(input, 'run.json')
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('RUN.json', () => {
  it('needs a task and cells; everything else has a default', () => {
    expect(resolveSpec({ $schema: './run.schema.json', ...adding }, 'run.json')).toMatchObject({
      task: { id: 'adding', length: 50 },
      cells: [{ cell: 'rnn', hiddenSize: 32, layers: 1 }],
      training: {
        batchSize: 32,
        ...{ optimizer: 'adam', beta1: 0.9, beta2: 0.999, eps: 1e-8 },
        ...{ learningRate: 0.01, schedule: { id: 'constant' }, clipNorm: 1 },
        ...{ init: 'pytorch', forgetBias: 1 },
      },
      seed: 1,
    })
  })

  it('that is resolved already stays as it is', () => {
    const cells = [{ cell: 'lstm' }, { cell: 'rnn', matchParametersOf: 0, weights: 'per-step' as const }]
    const schedule = { id: 'cosine', warmup: { totalIters: 20 } }
    const once = resolveSpec({ ...adding, cells, training: { optimizer: 'momentum', steps: 70, schedule } }, 'run.json')
    expect(once.training).toMatchObject({ momentum: 0.9, nesterov: false, schedule: { tMax: 50, etaMin: 0 } })
    expect(once.training).not.toHaveProperty('beta1')
    expect(resolveSpec(structuredClone(once), 'run.json')).toEqual(once)
  })

  it('may start some of its cells in a way that only they read', () => {
    const cells = [{ cell: 'rnn' }, { cell: 'lstm-coupled' }]
    expect(resolveSpec({ ...adding, cells, training: { init: 'identity', forgetBias: 3 } }, 'run.json')).toMatchObject({
      training: { init: 'identity', forgetBias: 3 },
    })
    expect(resolveSpec({ ...adding, training: { init: 'identity', forgetBias: 1 } }, 'run.json').seed).toBe(1)
  })

  it('takes the sizes that the data brought about', () => {
    const cells = [{ cell: 'lstm' }, { cell: 'rnn', matchParametersOf: 0 }]
    const sizes = [32, 66].map((hiddenSize) => ({ config: { hiddenSize } }))
    const sized = withSizes(resolveSpec({ ...adding, cells }, 'run.json'), { runs: sizes as never })
    expect(sized.cells[1]).toMatchObject({ hiddenSize: 66, matchParametersOf: 0 })
  })

  it.each([
    [{ ...adding, colour: 1 }, 'colour', /unknown field "colour"/],
    [{ ...adding, training: { lerningRate: 1 } }, 'training.lerningRate', /unknown field/],
    [{ ...adding, cells: [{ cell: 'rnn', hiddenSize: -3 }] }, 'cells.0.hiddenSize', /at least 1, but is -3/],
    [{ ...adding, cells: [{ cell: 'rnn', hiddenSize: 1.5 }] }, 'cells.0.hiddenSize', /a whole number, but is 1.5/],
    [{ ...adding, cells: [] }, 'cells', /at least 1 entries/],
    [{ ...adding, cells: [{ cell: 'gnu' }] }, 'cells.0.cell', /"gnu", which does not exist/],
    [{ ...adding, cells: [{ cell: 'lstm', activation: 'relu' }] }, 'cells.0.activation', /only for the cell "rnn"/],
    [{ ...adding, task: { id: 'adding', length: 0 } }, 'task.length', /at least/],
    [{ ...adding, task: { id: 'adding', lenght: 50 } }, 'task.lenght', /unknown field/],
    [{ ...adding, task: { id: 'substracting' } }, 'task.id', /no task "substracting"/],
    [{ ...adding, task: { id: 'csv', file: 'a.csv' } }, 'task.target', /is missing/],
    [{ ...adding, training: { optimizer: 'adamm' } }, 'training.optimizer', /adamm/],
    [
      { ...adding, training: { optimizer: 'sgd', momentum: 0.5 } },
      'training.momentum',
      /not read by the optimizer "sgd"/,
    ],
    [
      { ...adding, cells: [{ cell: 'lstm' }, { cell: 'gru' }], training: { init: 'identity' } },
      'training.init',
      /"identity", which only the cell "rnn" reads, and there is none/,
    ],
    [
      { ...adding, cells: [{ cell: 'rnn' }, { cell: 'gru' }], training: { forgetBias: 3 } },
      'training.forgetBias',
      /is 3, which only a cell with a forget gate reads/,
    ],
    [
      { ...adding, training: { optimizer: 'momentum', momentum: 0, nesterov: true } },
      'training.nesterov',
      /looks ahead along a momentum of 0/,
    ],
    [{ ...adding, training: { beta1: 1 } }, 'training.beta1', /less than 1, but is 1/],
    [{ ...adding, training: { clipValue: 0 } }, 'training.clipValue', /more than 0/],
    [{ ...adding, training: { schedule: { id: 'sine' } } }, 'training.schedule.id', /"constant" or "step"/],
    [{ ...adding, training: { schedule: { id: 'step' } } }, 'training.schedule.stepSize', /is missing/],
    [{ ...adding, training: { schedule: { id: 'constant', gamma: 1 } } }, 'training.schedule.gamma', /unknown field/],
    [{ ...adding, cells: [{ cell: 'rnn', weights: 'untied' }] }, 'cells.0.weights', /"shared", "per-step"/],
    [{ ...adding, cells: [{ cell: 'rnn', matchParametersOf: 0 }] }, 'cells.0.matchParametersOf', /size of its own/],
    [{ ...adding, cells: [{ cell: 'rnn', matchParametersOf: 3 }] }, 'cells.0.matchParametersOf', /there are 1 cells/],
    [
      { ...adding, cells: [{ cell: 'lstm' }, { cell: 'rnn', hiddenSize: 8, matchParametersOf: 0 }] },
      'cells.1.matchParametersOf',
      /decides the size/,
    ],
    [{ ...adding, training: { learningRate: 0 } }, 'training.learningRate', /more than 0, but is 0/],
    [{ ...adding, training: { clipNorm: -1 } }, 'training.clipNorm', /more than 0/],
    [{ ...adding, seed: 'one' }, 'seed', /a number, but is "one"/],
    [{ cells: [{ cell: 'rnn' }] }, 'task', /"task" is missing/],
  ])('%j is refused by its field', (input, field, message) => {
    const error = problem(input)
    expect(error).toMatchObject({ code: 'spec-invalid', details: { field } })
    expect(error.message).toMatch(message)
    expect(error.hint).not.toBe('')
  })

  it('that is no object is refused too', () => {
    for (const input of [null, 5, 'x', []]) expect(problem(input).code).toBe('spec-invalid')
  })
})
