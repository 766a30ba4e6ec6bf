import { describe, expect, it, test } from 'vitest'
import type { ModelConfig } from '../../shared/model.ts'
import { sizeOf } from '../../shared/ndarray.ts'
import type { CellSpec, TrainingSpec } from '../../shared/spec.ts'
import { cells } from './cells/catalogue.ts'
import { matchHiddenSize, modelConfigs } from './configs.ts'
import { initialise, parameterCount, parameterShapes } from './initialise.ts'

const config = (cell: string, changes: Partial<ModelConfig> = {}): ModelConfig => ({
  cell,
  inputSize: 3,
  hiddenSize: 5,
  layers: 2,
  outputSize: 2,
  head: 'last',
  loss: 'mse',
  ...changes,
})
const schemes: TrainingSpec['init'][] = ['pytorch', 'keras', 'identity']

describe('parameters', () => {
  // Distill's autocomplete: two layers of 600 on inputs of 600, one bias per gate where PyTorch has two.
  it.each([
    ['lstm', 5_764_800],
    ['gru', 4_323_600],
  ])('of two layers of 600 %s units are as many as published, one bias counted', (cell, published) => {
    const shapes = parameterShapes(config(cell, { inputSize: 600, hiddenSize: 600 }))
    const recurrent = Object.entries(shapes).filter(([name]) => /^rnn\.(weight|bias_ih)/.test(name))
    expect(recurrent.reduce((sum, [, shape]) => sum + sizeOf(shape), 0)).toBe(published)
  })

  it('of a peephole LSTM are those of an LSTM and three diagonal weights in each layer', () => {
    const shapes = parameterShapes(config('lstm-peephole'))
    const extra = Object.keys(shapes).filter((name) => !(name in parameterShapes(config('lstm'))))
    expect(extra).toEqual([0, 1].flatMap((layer) => ['ci', 'cf', 'co'].map((gate) => `rnn.weight_${gate}_l${layer}`)))
    for (const name of extra) expect(shapes[name]).toEqual([5])
  })

  it.each(cells.map(({ id }) => id))(
    'of %s with per-step weights have a time axis, head and embedding have not',
    (id) => {
      const shared = config(id, { embedding: { vocab: 4, size: 3 } })
      const untied = parameterShapes({ ...shared, weights: 'per-step', length: 7 })
      for (const [name, shape] of Object.entries(parameterShapes(shared))) {
        expect(untied[name], name).toEqual(name.startsWith('rnn.') ? [7, ...shape] : shape)
      }
      expect(() => parameterShapes({ ...shared, weights: 'per-step' })).toThrow(/length/)
    },
  )
})

describe.each(schemes)('initialised as %s', (init) => {
  it.each(cells.map(({ id }) => id))('%s has every parameter, finite, and its forget bias in each step', (id) => {
    const untied = config(id, { weights: 'per-step', length: 3 })
    for (const model of [config(id), untied]) {
      const parameters = initialise(model, { init, forgetBias: 2.5 }, 1)
      for (const [name, shape] of Object.entries(parameterShapes(model))) {
        expect(parameters[name]?.shape, name).toEqual(shape)
        expect(parameters[name]?.data.every(Number.isFinite), name).toBe(true)
      }
      const { rows } = cells.find((cell) => cell.id === id) as (typeof cells)[number]
      const forget = rows.indexOf('forget')
      for (const layer of [0, 1]) {
        const [input, hidden] = ['ih', 'hh'].map((side) => parameters[`rnn.bias_${side}_l${layer}`]?.data)
        for (const [at, value] of (input ?? []).entries()) {
          if (Math.floor(at / 5) % rows.length === forget) expect(value + (hidden?.[at] ?? 0)).toBe(2.5)
        }
      }
    }
  })

  it('each step of per-step weights has numbers of its own, the first those of shared weights', () => {
    const shared = initialise(config('lstm'), { init, forgetBias: 1 }, 1)
    const untied = initialise(config('lstm', { weights: 'per-step', length: 3 }), { init, forgetBias: 1 }, 1)
    for (const [name, { data }] of Object.entries(shared)) {
      const steps = untied[name]?.data ?? new Float32Array()
      expect(steps.subarray(0, data.length), name).toEqual(data)
      if (name.startsWith('rnn.weight')) expect(steps.subarray(data.length, 2 * data.length), name).not.toEqual(data)
    }
  })
})

describe('matching parameters', () => {
  const task = { inputSize: 2, outputSize: 1, head: 'last', loss: 'mse' } as const

  it.each(cells.flatMap(({ id }) => [1, 3].map((layers) => [id, layers] as const)))(
    'finds the size of %s with %i layers whose count is nearest',
    (cell, layers) => {
      const model = config(cell, { layers })
      for (const target of [1, 777, 4513, 120_000]) {
        const size = matchHiddenSize(model, target) as number
        const off = (hiddenSize: number) => Math.abs(parameterCount({ ...model, hiddenSize }) - target)
        expect(off(size)).toBeLessThanOrEqual(off(size + 1))
        if (size > 1) expect(off(size)).toBeLessThanOrEqual(off(size - 1))
      }
    },
  )

  it('gives a plain RNN about as many parameters as an LSTM has, on the sizes of the task', () => {
    const specs: CellSpec[] = [
      { cell: 'rnn', matchParametersOf: 1, layers: 1 },
      { cell: 'lstm', hiddenSize: 32, layers: 1 },
    ]
    const [rnn, lstm] = modelConfigs(specs, task, 50) as [ModelConfig, ModelConfig]
    expect(parameterCount(lstm)).toBe(4641)
    // H^2 + 5 H + 1 for the RNN: 4551 at 65 units, 4687 at 66.
    expect([rnn.hiddenSize, parameterCount(rnn)]).toEqual([66, 4687])
    // Once sized, a cell keeps its size.
    expect(modelConfigs([{ ...specs[0], hiddenSize: 7 } as CellSpec, specs[1] as CellSpec], task, 50)[0]).toMatchObject(
      {
        hiddenSize: 7,
      },
    )
  })

  it('refuses a target beyond the largest size', () => {
    const specs: CellSpec[] = [
      { cell: 'lstm', hiddenSize: 2048, layers: 1 },
      { cell: 'rnn', matchParametersOf: 0, layers: 1 },
    ]
    expect(() => modelConfigs(specs, task, 50)).toThrow(/cells\.1\.matchParametersOf.*2048 units/)
  })
})

test('per-step weights are for the length of the task', () => {
  const task = { inputSize: 2, outputSize: 1, head: 'last', loss: 'mse' } as const
  const [untied, shared] = modelConfigs(
    [
      { cell: 'gru', layers: 1, weights: 'per-step' },
      { cell: 'gru', layers: 1, weights: 'shared' },
    ],
    task,
    9,
  )
  expect(untied).toMatchObject({ weights: 'per-step', length: 9, hiddenSize: 32 })
  expect(shared).not.toHaveProperty('length')
})
