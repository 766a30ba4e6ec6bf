import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import type { NumberSet, TokenSet } from '../protocol.ts'
import { taskById } from './registry.ts'

const tokens: TokenSet = {
  kind: 'tokens',
  target: 'class',
  lengths: Int32Array.of(3, 1, 2),
  parts: Uint8Array.of(0, 1, 2),
  classes: ['no', 'yes'],
  tags: { distance: Int32Array.of(7, 8, 9) },
  vocabulary: ['a', 'b', 'c'],
  ids: Int32Array.of(0, 1, 2, 0, 2, 2),
  targets: Int32Array.of(1, 0, 1),
}
const numbers: NumberSet = {
  kind: 'numbers',
  target: 'next',
  lengths: Int32Array.of(4, 2, 3),
  parts: Uint8Array.of(0, 1, 2),
  classes: [],
  tags: {},
  channels: ['level', 'other'],
  values: Float64Array.of(1, 10, 3, 30, 1, 10, 3, 30, 5, 50, 7, 70, 2, 20, 4, 40, 6, 60),
  targets: new Float64Array(0),
}
const create = (source: TokenSet | NumberSet, fields: object = {}) => {
  const task = taskById(source.kind)
  return task.create(parse(task.schema, { id: source.kind, file: 'a', ...fields }), source, 1)
}
const list = (array: { readonly data: ArrayLike<number> }) => Array.from(array.data)

describe('token sequences', () => {
  test('each part is its own rows, padded on the right with id 0', () => {
    const { trainBatch, heldOut, facts, tags } = create(tokens)
    expect([facts.length, facts.vocabulary, facts.classes, facts.heldOut]).toEqual([
      3,
      ['<pad>', 'a', 'b', 'c'],
      ['no', 'yes'],
      1,
    ])
    // One row trains, so every batch is that row.
    expect(list(trainBatch(1, 2).inputs)).toEqual([1, 2, 3, 1, 2, 3])
    const { inputs, lengths, targets } = heldOut('test', 10)
    expect([list(inputs), lengths && list(lengths), list(targets)]).toEqual([[3, 3, 0], [2], [1]])
    expect(list(heldOut('validation', 10).targets)).toEqual([0])
    expect(tags?.('test', 10)).toEqual({ length: Int32Array.of(2), distance: Int32Array.of(9) })
  })

  test('guessing scores what the training rows alone suggest', () => {
    const [frequency] = create(tokens).facts.baselines.test
    // One "yes" and one added to each of two classes: 2/3 for "yes", which the test row is.
    expect(frequency).toMatchObject({ id: 'frequency', metric: 1 })
    expect(frequency?.loss).toBeCloseTo(-Math.log(2 / 3), 12)
  })

  test('the next token is asked for at every step but the last', () => {
    const { trainBatch, facts } = create({
      ...tokens,
      target: 'next',
      lengths: Int32Array.of(3, 2, 2),
      ids: Int32Array.of(0, 1, 2, 0, 1, 2, 2),
    })
    const { inputs, targets, lengths } = trainBatch(1, 1)
    expect([list(inputs), list(targets), lengths && list(lengths)]).toEqual([[1, 2], [2, 3], [2]])
    expect([facts.length, facts.outputs, facts.classes]).toEqual([2, 'class-series', facts.vocabulary])
  })

  test('labels at every step are scored over real steps, example by example', () => {
    const { heldOut, metric, facts } = create({
      ...tokens,
      target: 'every-step',
      parts: Uint8Array.of(2, 1, 2),
      targets: Int32Array.of(0, 1, 1, 0, 1, 0),
    })
    const batch = heldOut('test', 10)
    expect([list(batch.targets), facts.outputs]).toEqual([[0, 1, 1, 1, 0, 0], 'class-series'])
    // Always "yes": 2 of 3 and 1 of 2 real steps are right.
    const yes = ndarray(
      [2, 3, 2],
      Float32Array.from({ length: 12 }, (_, k) => k % 2),
    )
    expect(metric(yes, batch)).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12)
  })
})

describe('number sequences', () => {
  test('are normalised by the training rows alone, and shown in their own unit', () => {
    const { heldOut, present, interface: wanted, trainBatch } = create(numbers)
    expect(wanted.normalization).toEqual({ inputs: { mean: [2, 20], std: [1, 10] }, targets: { mean: [2], std: [1] } })
    expect(list(trainBatch(1, 1).inputs)).toEqual([-1, -1, 1, 1, -1, -1])
    const batch = heldOut('test', 10)
    expect([batch.inputs.shape, list(batch.inputs), list(batch.targets)]).toEqual([
      [1, 3, 2],
      [0, 0, 2, 2, 0, 0],
      [2, 4, 0],
    ])
    expect(list(present.inputs(batch, 0))).toEqual([2, 20, 4, 40, 2, 20])
    expect(list(present.targets(batch.targets))).toEqual([4, 6, 2])
  })

  test('repeating the last value and guessing the mean are scored in the own unit, over real steps', () => {
    const { baselines } = create(numbers).facts
    expect(baselines.test).toEqual([
      { id: 'mean', loss: (4 + 16) / 2, metric: 3 },
      { id: 'persistence', loss: 4, metric: 2 },
    ])
  })

  test('between 0 and 1, or as they are', () => {
    const scaled = create(numbers, { normalize: 'min-max' })
    expect(scaled.interface.normalization?.inputs).toEqual({ mean: [1, 10], std: [2, 20] })
    expect(scaled.facts.baselines.test[0]).toMatchObject({ id: 'mean', metric: 3 })
    expect(list(create(numbers, { normalize: 'none' }).heldOut('validation', 1).inputs)).toEqual([5, 50, 0, 0, 0, 0])
  })

  test('a class, a value, a value for every step', () => {
    const classes = create({ ...numbers, target: 'class', classes: ['up', 'down'], targets: Float64Array.of(0, 1, 1) })
    expect(classes.heldOut('test', 1).targets).toEqual(ndarray([1], Int32Array.of(1)))
    expect(classes.facts).toMatchObject({ outputs: 'class', loss: 'cross-entropy', classes: ['up', 'down'] })
    const values = create({ ...numbers, target: 'value', targets: Float64Array.of(5, 6, 9) })
    expect([values.facts.outputs, list(values.present.targets(values.heldOut('test', 1).targets))]).toEqual([
      'value',
      [9],
    ])
    const each = create({ ...numbers, target: 'every-step', targets: Float64Array.of(1, 1, 3, 3, 5, 5, 7, 8, 9) })
    const { targets } = each.heldOut('test', 1)
    expect([each.facts.outputs, targets.shape, list(each.present.targets(targets))]).toEqual([
      'value-series',
      [1, 4, 1],
      [7, 8, 9, 2],
    ])
  })
})
