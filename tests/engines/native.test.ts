import { createRequire } from 'node:module'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { wasmGeneric } from '../../main/engine/backends/wasm-generic.ts'
import { cells } from '../../main/engine/cells/catalogue.ts'
import type { Cell } from '../../main/engine/cells/cell.ts'
import { type LayerProblem, layerAnswers, layerDifferences, randomLayer } from '../../main/engine/checks/layers.ts'
import { changeOf } from '../../main/engine/interventions.ts'
import { generic } from '../../main/engine/layers/generic.ts'
import type { BackwardDetail, Compute, Layer } from '../../main/engine/layers/layer.ts'
import { randomStream } from '../../main/engine/random.ts'
import type { Binding } from '../../main/engine/tensorflow/binding.ts'
import { nativeCell } from '../../main/engine/tensorflow/catalogue.ts'
import { native } from '../../main/engine/tensorflow/native.ts'
import { isWhole, type Layers, whole } from '../../main/engine/tensorflow/whole.ts'
import { ndarray } from '../../shared/ndarray.ts'
import { enterPack, installTime, missing } from './pack.ts'

const details: readonly BackwardDetail[] = ['parameters', 'norms', 'states', 'paths']

/** An engine of `enterPack` by the file that the environment names. */
const load = <Module>(name: string) => createRequire(import.meta.url)(process.env[name] ?? '') as Module

/** What TensorFlow's operations are called from: our own loops in JavaScript, as on a GPU, or whole layers in C++. */
const ways = [
  {
    name: "TensorFlow's own operations",
    own: cells.filter(({ id }) => nativeCell(id)),
    start: () => native(load<Binding>('UNROLL_TENSORFLOW_BINDING'), generic),
  },
  {
    name: "whole layers on TensorFlow's products",
    own: cells.filter(({ id }) => isWhole(id)),
    start: () => whole(load<Layers>('UNROLL_TENSORFLOW_LAYERS'), 2, native(load('UNROLL_TENSORFLOW_BINDING'), generic)),
  },
]

function expectSame(compute: Compute, problem: LayerProblem, detail: BackwardDetail, limit: number, least?: number) {
  const [found, expected] = [layerAnswers(compute, problem, detail), layerAnswers(generic, problem, detail)]
  const differences = Object.entries(layerDifferences(found, expected, least))
  for (const [name, difference] of differences) expect(difference, name).toBeLessThan(limit)
}

if (missing) test.skip(`TensorFlow's operations (${missing})`, () => {})

describe.skipIf(missing).each(ways)('$name', ({ own, start }) => {
  let compute: Compute
  beforeAll(async () => {
    await enterPack()
    await wasmGeneric.start()
    compute = start()
  }, installTime)

  test.each(own.map((cell) => [cell.id, cell] as const))('%s is what the generic layer says', (_id, cell) => {
    const size = (max: number) => fc.integer({ min: 1, max })
    const sizes = fc.tuple(size(8), size(9), size(7), size(19))
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), fc.constantFrom(...details), (of, even, seed, detail) =>
        expectSame(compute, randomLayer(cell, of, even, randomStream(seed, 'layer')), detail, 2e-5),
      ),
      { numRuns: 40 },
    )
  })

  test.each(own.map((cell) => [cell.id, cell] as const))('%s of many units', (_id, cell) => {
    expectSame(compute, randomLayer(cell, [5, 4, 3, 100], false, randomStream(1, 'wide'), 0.1), 'paths', 2e-5)
  })

  // There 1 - n^2 is the rounding of n, which float32 does not decide: an error in one gradient is measured
  // against the largest of all, and not against an array that is nothing but such roundings.
  test.each(own.map((cell) => [cell.id, cell] as const))('%s where every gate is shut or wide open', (_id, cell) => {
    for (let seed = 0; seed < 20; seed++) {
      const { layer, ...rest } = randomLayer(cell, [5, 3, 2, 7], false, randomStream(seed, 'shut'), 100)
      const problem = { layer: cell.id === 'rnn' ? { ...layer, activation: 'tanh' as const } : layer, ...rest }
      expectSame(compute, problem, 'paths', 1e-4, 1)
    }
  })

  test.each(own.map((cell) => [cell.id, cell] as const))('%s of many examples', (_id, cell) => {
    expectSame(compute, randomLayer(cell, [6, 37, 3, 5], false, randomStream(2, 'many')), 'paths', 2e-5)
  })

  test.each(own.map((cell) => [cell.id, cell] as const))('%s with a state that a person fixed', (_id, cell) => {
    const { layer, ...rest } = randomLayer(cell, [6, 3, 2, 5], false, randomStream(6, 'fixed'))
    const config = { cell: cell.id, inputSize: 2, hiddenSize: 5, layers: 1, outputSize: 1 } as const
    const clamp = { kind: 'clamp', layer: 0, of: 'hidden', value: 0.3, from: 1, to: 2 } as const
    const problem = {
      layer: { ...layer, change: changeOf({ ...config, head: 'last', loss: 'mse' }, [clamp], 0) },
      ...rest,
    }
    expectSame(compute, problem, 'paths', 2e-5)
    expect(compute.layer(problem.layer, problem.sequence, { states: false }).hidden.data[3 * 5]).toBeCloseTo(0.3)
  })

  test('padding that would grow without bounds spoils nothing', () => {
    const cell = own.find(({ id }) => id === 'rnn') as Cell
    const problem = randomLayer(cell, [60, 2, 1, 3], true, randomStream(3, 'padding'), 4)
    const { inputs } = problem.sequence
    inputs.data.fill(0, 4)
    const gradient = ndarray([60, 2, 3], new Float32Array(360).fill(1, 6, 12))
    const layer: Layer = { ...problem.layer, activation: 'identity' }
    const { parameters } = compute
      .layer(layer, { inputs, lengths: [2, 2] }, { states: false })
      .backward(gradient, 'parameters')
    for (const [name, { data }] of Object.entries(parameters)) expect(data.every(Number.isFinite), name).toBe(true)
  })

  test('nothing is held after a pass was released, however often it was run back', () => {
    for (const cell of own) {
      const { layer, sequence, gradient } = randomLayer(cell, [4, 3, 2, 5], false, randomStream(4, 'held'))
      const before = compute.held()
      const pass = compute.layer(layer, sequence, { states: true })
      const during = compute.held()
      for (const detail of details) pass.backward(gradient, detail)
      expect(compute.held(), cell.id).toBe(during)
      pass.release()
      pass.release()
      expect(compute.held(), cell.id).toBe(before)
    }
  })

  test('products, of factors turned or not', () => {
    const a = ndarray([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    const turned = ndarray([3, 2], Float32Array.of(1, 4, 2, 5, 3, 6))
    const expected = { shape: [2, 2], data: Float32Array.of(14, 32, 32, 77) }
    expect(compute.product(a, a, false, true)).toEqual(expected)
    expect(compute.product(turned, a, true, true)).toEqual(expected)
    expect(compute.product(turned, turned, true, false)).toEqual(expected)
  })
})

describe.skipIf(missing)('whole layers', () => {
  test(
    'give the same bits on any number of threads, and when they are run again',
    async () => {
      await enterPack()
      const layers = load<Layers>('UNROLL_TENSORFLOW_LAYERS')
      const problem = randomLayer(
        cells.find(({ id }) => id === 'lstm') as Cell,
        [20, 50, 3, 24],
        false,
        randomStream(5, 'bits'),
      )
      const [first, ...others] = [1, 1, 2, 3, 7].map((threads) =>
        layerAnswers(whole(layers, threads, generic), problem),
      )
      for (const other of others) expect(other).toEqual(first)
    },
    installTime,
  )

  test(
    'refuse arrays that are too short',
    async () => {
      await enterPack()
      const layers = load<Layers>('UNROLL_TENSORFLOW_LAYERS')
      expect(() => layers.size('lstm', Int32Array.of(1, 2))).toThrow('argument 1 is no array of 4')
      expect(() => layers.size('other', Int32Array.of(1, 2, 3, 4))).toThrow('there is no cell other')
    },
    installTime,
  )
})
