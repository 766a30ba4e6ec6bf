import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import type { OpenChoices } from '../../../shared/inspect.ts'
import type { ModelConfig, Parameters } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { writeNpz } from '../../../shared/npz.ts'
import { cells } from '../../engine/cells/catalogue.ts'
import { initialise } from '../../engine/initialise.ts'
import { modelFiles } from '../formats/model-folder.ts'
import { writeSafetensors } from '../formats/safetensors.ts'
import { writeZip } from '../formats/zip.ts'
import { readModel } from './read.ts'

const config = (changes: Partial<ModelConfig>): ModelConfig => ({
  cell: 'lstm',
  inputSize: 3,
  hiddenSize: 4,
  layers: 2,
  outputSize: 2,
  head: 'last',
  loss: 'mse',
  ...changes,
})
const weightsOf = (of: ModelConfig) => initialise(of, { init: 'pytorch', forgetBias: 1 }, 1)
const batch = {
  name: 'batch.npz',
  bytes: writeNpz({
    inputs: ndarray([1, 5, 3], new Float32Array(15).fill(0.5)),
    targets: ndarray([1, 2], new Float32Array(2)),
  }),
}
const alone = (parameters: Parameters) => ({ name: 'w.safetensors', bytes: writeSafetensors(parameters) })
const read = (parameters: Parameters, choices: OpenChoices = {}) => readModel([alone(parameters), batch], choices)
const known = { head: 'last', loss: 'mse' } as const

describe.each(cells.map(({ id }) => id))('%s', (cell) => {
  test('is told from its names and shapes as far as they tell', () => {
    const own = config({ cell, ...(cell === 'rnn' && { activation: 'relu' }) })
    const parameters = weightsOf(own)
    const first = read(parameters, known)
    const alike = cells.filter((other) => other.rows.length === 3 && !other.peepholes).map(({ id }) => id)
    if (alike.includes(cell)) {
      expect(first).toMatchObject({
        state: 'incomplete',
        missing: [{ field: 'cell', options: expect.arrayContaining(alike) }],
      })
      expect(first.state === 'incomplete' && first.missing[0]?.options[0]).toBe('gru')
    }
    const choices = { ...known, cell, ...(cell === 'rnn' && { activation: 'relu' as const }) }
    expect(read(parameters, choices)).toMatchObject({ state: 'read', model: { config: own, parameters } })
  })
})

test('a state dict of any module names, with an embedding and without biases', () => {
  const own = config({ cell: 'gru', layers: 1, loss: 'cross-entropy', embedding: { vocab: 6, size: 3 } })
  const parameters = weightsOf(own)
  const zero = (name: string) => ({
    ...(parameters[name] as Floats),
    data: (parameters[name] as Floats).data.map(() => 0),
  })
  const renamed: Parameters = {
    'encoder.weight': parameters['embedding.weight'] as Floats,
    'core.gru.weight_ih_l0': parameters['rnn.weight_ih_l0'] as Floats,
    'core.gru.weight_hh_l0': parameters['rnn.weight_hh_l0'] as Floats,
    'fc.weight': parameters['head.weight'] as Floats,
    'fc.bias': parameters['head.bias'] as Floats,
  }
  const ids = writeNpz({ inputs: ndarray([1, 2], Int32Array.of(1, 5)), targets: ndarray([1], Int32Array.of(1)) })
  const found = readModel([alone(renamed), { name: 'b.npz', bytes: ids }], {
    cell: 'gru',
    head: 'last',
    loss: 'cross-entropy',
  })
  expect(found).toMatchObject({
    state: 'read',
    model: {
      config: own,
      parameters: { ...parameters, 'rnn.bias_ih_l0': zero('rnn.bias_ih_l0'), 'rnn.bias_hh_l0': zero('rnn.bias_hh_l0') },
    },
    batch: { inputs: { shape: [1, 2] } },
  })
})

test('says what is missing, one after the other, and takes head and loss from a task', () => {
  const parameters = weightsOf(config({ cell: 'rnn', inputSize: 2, outputSize: 1 }))
  const missing = (choices: OpenChoices) => {
    const found = readModel([alone(parameters)], choices)
    return found.state === 'incomplete' ? found.missing.map(({ field }) => field) : found.state
  }
  expect(missing({})).toEqual(['activation', 'head', 'loss'])
  expect(missing({ activation: 'tanh', ...known })).toEqual(['examples'])
  const asked = readModel([alone(parameters)], { activation: 'tanh', ...known })
  expect(asked).toMatchObject({ missing: [{ options: expect.arrayContaining(['adding']) }] })
  expect(missing({ activation: 'tanh', task: { id: 'adding' } })).toBe('read')
})

test('a zip of a run’s folder, whose telemetry is no batch', () => {
  const model = { config: config({}), parameters: weightsOf(config({})) }
  const files = Object.entries(modelFiles(model)).map(([name, bytes]) => [`lstm/${name}`, bytes])
  const zip = writeZip({
    ...Object.fromEntries(files),
    'lstm/flow.npz': writeNpz({ step: ndarray([1], Int32Array.of(1)) }),
  })
  expect(readModel([{ name: 'run.zip', bytes: zip }, batch], {})).toMatchObject({
    state: 'read',
    name: 'run.zip',
    model,
  })
})

test('what cannot be opened is refused by name', () => {
  const parameters = weightsOf(config({ cell: 'lstm', layers: 1 }))
  const first = (...shape: number[]) => ndarray(shape, new Float32Array(shape.reduce((a, b) => a * b)))
  const refused: [Parameters, RegExp][] = [
    [{ 'head.weight': first(2, 4) }, /no recurrent part/],
    [{ ...parameters, 'b.weight_ih_l0': first(16, 3) }, /2 recurrent parts/],
    [{ ...parameters, 'rnn.weight_ih_l0_reverse': first(16, 3) }, /bidirectional/],
    [{ ...parameters, 'extra.weight': first(9, 9) }, /"extra.weight" belongs to none/],
    [{ ...parameters, 'rnn.weight_hh_l0': first(20, 4) }, /20 rows for 4 units/],
    [{ 'rnn.weight_ih_l0': first(16, 3), 'rnn.weight_hh_l0': first(16, 4) }, /no head/],
    [{ 'rnn.weight_ih_l0': first(16), 'rnn.weight_hh_l0': first(16) }, /rank/],
    [{ ...parameters, 'rnn.weight_ih_l0': first(12, 3) }, /shape \[12, 3\], expected/],
  ]
  for (const [tensors, message] of refused) expect(() => read(tensors, known), String(message)).toThrow(message)
  expect(() => read(parameters, { ...known, cell: 'gru' })).toThrow(/cannot be the cell "gru"/)
  expect(() => readModel([batch], {})).toThrow(/no .safetensors/)
  expect(() => readModel([alone(parameters), alone(parameters)], known)).toThrow(/2 files/)
  const long = writeNpz({
    inputs: ndarray([1, 20_001, 3], new Float32Array(60_003)),
    targets: ndarray([1, 2], new Float32Array(2)),
  })
  expect(() => readModel([alone(parameters), { name: 'b.npz', bytes: long }], known)).toThrow(/20001 steps/)
})

test('damaged files are refused as such and never end in another error', () => {
  const bytes = writeSafetensors(weightsOf(config({ layers: 1 })))
  const property = fc.property(
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }),
    fc.nat(bytes.length),
    (changes, length) => {
      const damaged = bytes.slice(0, length)
      for (const [at, value] of changes) if (at < length) damaged[at] = value
      try {
        readModel([{ name: 'w.safetensors', bytes: damaged }, batch], known)
      } catch (error) {
        expect(error).toBeInstanceOf(LabError)
      }
    },
  )
  fc.assert(property, { seed: 6, numRuns: 300 })
})
