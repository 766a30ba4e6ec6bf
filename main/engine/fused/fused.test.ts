import fc from 'fast-check'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import { TrainingSpec } from '../../../shared/spec.ts'
import { wasmGeneric } from '../backends/wasm-generic.ts'
import { cells } from '../cells/catalogue.ts'
import type { Cell } from '../cells/cell.ts'
import { type LayerProblem, layerAnswers, layerDifferences, randomLayer } from '../checks/layers.ts'
import { generic } from '../layers/generic.ts'
import type { Compute, Layer } from '../layers/layer.ts'
import { squaredNorms } from '../quantities.ts'
import { randomStream } from '../random.ts'
import { Trainer } from '../train.ts'
import { type Fused, fused } from './fused.ts'
import { loadKernels, variants } from './kernels.ts'

beforeAll(async () => void (await wasmGeneric.start()))

function expectSame(compute: Compute, problem: LayerProblem, limit: number): void {
  const differences = layerDifferences(layerAnswers(compute, problem), layerAnswers(generic, problem))
  for (const [name, difference] of Object.entries(differences)) expect(difference, name).toBeLessThan(limit)
}

const ways = variants.flatMap(({ file }) => [1, 3].map((threads) => [file, threads] as const))

describe.each(ways)('the kernels of %s in %i threads', (file, threads) => {
  let compute: Fused
  beforeAll(async () => {
    compute = await fused(await loadKernels({ only: file }), { threads, worthAThread: 1 }, generic)
  })
  afterAll(() => compute.stop())

  test.each(cells.map((cell) => [cell.id, cell] as const))('%s is what the generic layer says', (_id, cell) => {
    const size = (max: number) => fc.integer({ min: 1, max })
    fc.assert(
      fc.property(fc.tuple(size(8), size(17), size(9), size(19)), fc.boolean(), fc.integer(), (sizes, even, seed) =>
        expectSame(compute, randomLayer(cell, sizes, even, randomStream(seed, 'layer')), 2e-5),
      ),
      { numRuns: 12 },
    )
  })

  test.each(cells.map((cell) => [cell.id, cell] as const))(
    '%s: gradients are finite differences of outputs',
    (_id, cell) => {
      const { layer, sequence, gradient } = randomLayer(cell, [7, 6, 5, 9], false, randomStream(11, cell.id), 0.5)
      const smooth = cell.id === 'rnn' ? { ...layer, activation: 'tanh' as const } : layer
      // The loss whose dL/dh_t is `gradient`.
      const lossOf = (parameters: Layer['parameters'], inputs: Floats) => {
        const pass = compute.layer({ ...smooth, parameters }, { ...sequence, inputs }, { states: false })
        pass.release()
        return pass.hidden.data.reduce((sum, h, k) => sum + h * (gradient.data[k] as number), 0)
      }
      const pass = compute.layer(smooth, sequence, { states: false })
      const found = pass.backward(gradient, 'parameters')
      pass.release()
      // Along the gradient itself, where the loss changes most and float32 loses least.
      const slope = (at: Floats, along: Floats, lossAt: (moved: Floats) => number) => {
        const norm = Math.hypot(...along.data)
        const moved = (h: number) =>
          ndarray(
            at.shape,
            Float32Array.from(at.data, (x, k) => x + (h * (along.data[k] as number)) / norm),
          )
        return (lossAt(moved(0.01)) - lossAt(moved(-0.01))) / 0.02 / norm
      }
      for (const [name, parameter] of Object.entries(smooth.parameters)) {
        const along = found.parameters[name] as Floats
        const ratio = slope(parameter, along, (moved) =>
          lossOf({ ...smooth.parameters, [name]: moved }, sequence.inputs),
        )
        expect(ratio, name).toBeCloseTo(1, 2)
      }
      const ratio = slope(sequence.inputs, found.inputs as Floats, (moved) => lossOf(smooth.parameters, moved))
      expect(ratio, 'inputs').toBeCloseTo(1, 2)
    },
  )

  test.each(cells.map((cell) => [cell.id, cell] as const))('%s beyond one block of a product', (_id, cell) => {
    expectSame(compute, randomLayer(cell, [3, 131, 5, 68], false, randomStream(1, 'wide'), 0.1), 2e-5)
    expectSame(compute, randomLayer(cell, [2, 3, 300, 9], false, randomStream(2, 'deep'), 0.1), 2e-5)
  })

  test.each(cells.map((cell) => [cell.id, cell] as const))('%s where every gate is shut or wide open', (_id, cell) => {
    const problem = randomLayer(cell, [5, 3, 2, 7], false, randomStream(3, 'saturated'), 300)
    // A relu or identity of such weights grows without bounds; the others have bounds.
    const layer = cell.id === 'rnn' ? { ...problem.layer, activation: 'tanh' as const } : problem.layer
    expectSame(compute, { ...problem, layer }, 2e-5)
  })

  test('sigmoid and tanh over all of their range', () => {
    const at = Float32Array.from({ length: 4001 }, (_, k) => (k - 2000) / 20)
    const one = (data: Float32Array) => ndarray([data.length, 1], data)
    const inputs = ndarray([1, at.length, 1], at)
    const layer = (activation: 'sigmoid' | 'tanh'): Layer => ({
      cell: cells.find(({ id }) => id === 'rnn') as Cell,
      activation,
      units: 1,
      parameters: {
        weight_ih: one(Float32Array.of(1)),
        weight_hh: one(Float32Array.of(0)),
        bias_ih: ndarray([1], Float32Array.of(0)),
        bias_hh: ndarray([1], Float32Array.of(0)),
      },
    })
    const of = (activation: 'sigmoid' | 'tanh') =>
      compute.layer(layer(activation), { inputs, lengths: [...at].map(() => 1) }, { states: false }).hidden.data
    const worst = (found: Float32Array, exact: (x: number) => number) =>
      Math.max(...at.map((x, k) => Math.abs((found[k] as number) - exact(x)) / Math.max(Math.abs(exact(x)), 1e-38)))
    expect(worst(of('tanh'), Math.tanh)).toBeLessThan(1e-6)
    expect(worst(of('sigmoid'), (x) => (x < -88.37 ? 0 : 1 / (1 + Math.exp(-x))))).toBeLessThan(1e-6)
  })

  test('a NaN stays in its own example and is handed on from step to step', () => {
    for (const cell of cells) {
      const { layer, sequence, gradient } = randomLayer(cell, [4, 3, 2, 5], true, randomStream(4, 'nan'))
      const inputs = ndarray(sequence.inputs.shape, Float32Array.from(sequence.inputs.data))
      inputs.data[(1 * 3 + 1) * 2] = Number.NaN // step 1 of example 1
      const { hidden } = compute.layer(layer, { ...sequence, inputs }, { states: false })
      const isNaNAt = (t: number, b: number) => Number.isNaN(hidden.data[(t * 3 + b) * 5] as number)
      const found = [0, 1, 2, 3].map((t) => [0, 1, 2].map((b) => isNaNAt(t, b)))
      expect(found, cell.id).toEqual([0, 1, 2, 3].map((t) => [false, t >= 1, false]))
      expect(gradient.data.length).toBe(60)
    }
  })

  test('a gradient that fades below the smallest normal number is 0 a step later', () => {
    const cell = cells.find(({ id }) => id === 'rnn') as Cell
    const { layer, sequence } = randomLayer(cell, [40, 1, 1, 1], true, randomStream(5, 'fading'))
    const parameters = { ...layer.parameters, weight_hh: ndarray([1, 1], Float32Array.of(0.05)) }
    const gradient = ndarray([40, 1, 1], new Float32Array(40))
    gradient.data[39] = 1
    const pass = compute.layer({ ...layer, activation: 'identity', parameters }, sequence, { states: false })
    const flow = pass.backward(gradient, 'states').hidden?.data as Float32Array
    const sizes = [...flow].map(Math.abs)
    expect(sizes.filter((x) => x > 0 && x < 1.17549435e-38).length).toBeLessThanOrEqual(1)
    expect((sizes[20] as number) / 0.05 ** 19).toBeCloseTo(1, 4)
    expect(sizes[0]).toBe(0)
  })

  test('without the gradients of the parameters all others are the same, bit for bit', () => {
    for (const cell of cells) {
      const { layer, sequence, gradient } = randomLayer(cell, [6, 5, 3, 11], false, randomStream(11, 'unread'))
      const pass = compute.layer(layer, sequence, { states: false })
      const { parameters, ...whole } = pass.backward(gradient, 'paths')
      const unread = pass.backward(gradient, 'paths', { parameters: false })
      pass.release()
      expect(Object.keys(parameters).length, cell.id).toBeGreaterThan(3)
      expect(unread, cell.id).toEqual({ parameters: {}, ...whole })
    }
  })

  test('norms are those of the gradients of the states, and dL/dx is left out where nobody asks', () => {
    for (const cell of cells) {
      const { layer, sequence, gradient } = randomLayer(cell, [6, 5, 3, 11], false, randomStream(10, 'norms'))
      const pass = compute.layer(layer, sequence, { states: false })
      const whole = pass.backward(gradient, 'states')
      const { norms, ...others } = pass.backward(gradient, 'norms', { inputs: false })
      pass.release()
      expect(Object.keys(others), cell.id).toEqual(['parameters'])
      expect(others.parameters, cell.id).toEqual(whole.parameters)
      const found = [norms?.hidden, norms?.cell].filter((array) => array !== undefined)
      const exact = [whole.hidden, whole.cell].filter((array) => array !== undefined).map(squaredNorms)
      expect(found.length, cell.id).toBe(cell.hasCellState ? 2 : 1)
      for (const [k, array] of found.entries()) {
        array.forEach((value, row) => {
          expect(value, cell.id).toBeCloseTo(exact[k]?.[row] as number, 12)
        })
      }
    }
  })

  test('the same numbers give the same bits, wherever they lie in memory', () => {
    for (const cell of cells) {
      const problem = randomLayer(cell, [6, 5, 3, 11], false, randomStream(6, 'bits'))
      const first = layerAnswers(compute, problem)
      const other = compute.layer(problem.layer, problem.sequence, { states: false })
      const second = layerAnswers(compute, problem)
      other.release()
      expect(second, cell.id).toEqual(first)
    }
  })

  test('memory neither leaks nor grows over 10,000 steps', async () => {
    const loaded = await loadKernels({ only: file })
    const own = await fused(loaded, { threads, worthAThread: 1 }, generic)
    const problems = cells.map((cell) => randomLayer(cell, [2, 2, 2, 3], false, randomStream(7, cell.id)))
    const step = ({ layer, sequence, gradient }: LayerProblem) => {
      const pass = own.layer(layer, sequence, { states: false })
      pass.backward(gradient, 'parameters')
      pass.release()
    }
    for (const problem of problems) step(problem)
    const [held, size] = [own.held(), loaded.memory.buffer.byteLength]
    for (let k = 0; k < 10_000; k++) step(problems[k % problems.length] as LayerProblem)
    expect(own.held()).toBe(held)
    expect(loaded.memory.buffer.byteLength).toBe(size)
    await own.stop()
  })
})

test('any number of threads gives the same bits', async () => {
  const of = async (threads: number) => {
    const compute = await fused(await loadKernels(), { threads, worthAThread: 1 }, generic)
    const found = cells.flatMap((cell) =>
      [true, false].map((even) =>
        layerAnswers(compute, randomLayer(cell, [9, 21, 5, 37], even, randomStream(8, cell.id))),
      ),
    )
    await compute.stop()
    return found
  }
  const one = await of(1)
  for (const threads of [2, 5]) expect(await of(threads)).toEqual(one)
})

test('says beforehand what a training step takes of its memory', async () => {
  for (const cell of cells) {
    const loaded = await loadKernels()
    const compute = await fused(loaded, { threads: 1 }, generic)
    const before = loaded.memory.buffer.byteLength
    const config = { cell: cell.id, inputSize: 3, hiddenSize: 64, layers: 2, outputSize: 1 } as const
    const training = v.parse(TrainingSpec, {})
    const trainer = new Trainer(compute, { ...config, head: 'last', loss: 'mse' }, training, 1, () => 0)
    const random = randomStream(9, cell.id)
    const floats = (shape: number[]) =>
      ndarray(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
      )
    trainer.train({ inputs: floats([32, 100, 3]), targets: floats([32, 1]) }, true)
    // As many as there are: they are answered in parts.
    trainer.answer({ inputs: floats([200, 100, 3]), targets: floats([200, 1]) })
    const said = compute.bytesNeeded?.(trainer.config, 100, 32) as number
    const taken = loaded.memory.buffer.byteLength - before
    expect(taken / said, cell.id).toBeGreaterThan(0.7)
    expect(taken / said, cell.id).toBeLessThan(1.05)
  }
})
