import { beforeAll, describe, expect, test } from 'vitest'
import type { Batch, Model, ModelConfig, Trace } from '../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import { wasm } from './backends/wasm.ts'
import { cells } from './cells/catalogue.ts'
import { parameterShapes } from './initialise.ts'
import { generic } from './layers/generic.ts'
import type { Compute } from './layers/layer.ts'
import { randomStream } from './random.ts'
import { trace } from './trace.ts'

/** The kernels, and the generic path under them. */
const engines: Record<string, Compute> = { generic }
beforeAll(async () => {
  engines.wasm = (await wasm.start()).compute
})
const paths = ['generic', 'wasm']
const traceOn = (path: string, ...args: Parameters<typeof trace> extends [Compute, ...infer R] ? R : never): Trace =>
  trace(engines[path] as Compute, ...args)

/** A model whose parameters are normal numbers times `scale`. */
function model(cell: string, scale: number, changes: Partial<ModelConfig> = {}): Model {
  const random = randomStream(2, cell)
  const config: ModelConfig = {
    cell,
    inputSize: 1,
    hiddenSize: 2,
    layers: 1,
    outputSize: 1,
    head: 'last',
    loss: 'mse',
    ...changes,
  }
  const parameters = Object.entries(parameterShapes(config)).map(([name, shape]) => [
    name,
    numbers(shape, random, scale),
  ])
  return { config, parameters: Object.fromEntries(parameters) }
}

function numbers(shape: readonly number[], random: ReturnType<typeof randomStream>, scale = 1): Floats {
  return ndarray(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()),
  )
}

function batch(count: number, time: number): Batch {
  const random = randomStream(4, 'extreme batch')
  return { inputs: numbers([count, time, 1], random), targets: numbers([count, 1], random) }
}

const notFinite = (arrays: Trace, but: (name: string) => boolean = () => false) =>
  Object.entries(arrays).flatMap(([name, { data }]) => (but(name) || data.every(Number.isFinite) ? [] : [name]))

describe.each(paths.flatMap((path) => cells.map(({ id }) => [id, path] as const)))('%s, %s', (cell, path) => {
  test('T = 1: no Jacobian, no exponent, a horizon of its one step', () => {
    const arrays = traceOn(path, model(cell, 0.5), batch(2, 1))
    expect(notFinite(arrays, (name) => name.endsWith('.lyapunov'))).toEqual([])
    expect(arrays['layers.0.jacobian']?.data).toEqual(Float32Array.of(0, 0))
    expect(arrays['layers.0.lyapunov']?.data).toEqual(Float32Array.of(Number.NaN, Number.NaN))
    expect(arrays['layers.0.horizon.hidden']?.data[0]).toBe(1)
  })

  test('all gradients zero: undefined horizons, no NaN elsewhere', () => {
    const zero = model(cell, 0)
    const arrays = traceOn(path, zero, { ...batch(2, 4), targets: ndarray([2, 1], new Float32Array(2)) })
    const undefinedHere = (name: string) => name.includes('.horizon.') || name.endsWith('.lyapunov')
    expect(notFinite(arrays, undefinedHere)).toEqual([])
    expect(arrays['layers.0.horizon.hidden']?.data[0]).toBeNaN()
    expect(arrays['layers.0.flow.hidden']?.data).toEqual(new Float32Array(4))
  })

  test('huge weights: gates at their ends, values as they are, never an error', () => {
    const arrays = traceOn(path, model(cell, 1e30), batch(2, 6))
    for (const [name, { data }] of Object.entries(arrays)) {
      if (!name.includes('.gates.')) continue
      for (const value of data) expect(Math.abs(value), name).toBeLessThanOrEqual(1)
    }
    expect(arrays['layers.0.hidden']?.data.every(Number.isFinite)).toBe(true)
  })

  test('a vocabulary of one token', () => {
    const config = { embedding: { vocab: 1, size: 1 }, loss: 'cross-entropy', outputSize: 1 } as const
    const ids = { inputs: ndarray([2, 5], new Int32Array(10)), targets: ndarray([2], new Int32Array(2)) }
    const arrays = traceOn(path, model(cell, 0.5, config), ids)
    expect(arrays.loss?.data[0]).toBe(0)
    expect(notFinite(arrays, (name) => name.includes('.horizon.') || name.endsWith('.lyapunov'))).toEqual([])
  })
})

test.each([['rnn', 'generic'], ...cells.map(({ id }) => [id, 'wasm'])] as [string, string][])(
  'T = 5,000 with one unit: %s, %s',
  (cell, path) => {
    const arrays = traceOn(path, model(cell, 0.5, { hiddenSize: 1 }), batch(1, 5000))
    expect(notFinite(arrays)).toEqual([])
    expect(arrays['layers.0.flow.hidden']?.shape).toEqual([5000])
    expect(arrays['layers.0.horizon.hidden']?.data[0]).toBeGreaterThan(0)
    expect(arrays['layers.0.lyapunov']?.data[0]).toBeLessThan(0)
  },
)

test.each(paths)('an exploding plain RNN shows its infinities and leaves the horizon undefined: %s', (path) => {
  const { config, parameters } = model('rnn', 1, { activation: 'relu' })
  const all = (value: number) =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, data }]) => [
        name,
        ndarray(
          shape,
          data.map(() => value),
        ),
      ]),
    )
  const arrays = traceOn(path, { config, parameters: all(40) }, batch(4, 60))
  expect(arrays['layers.0.hidden']?.data.some((value) => value === Number.POSITIVE_INFINITY)).toBe(true)
  expect(Number.isFinite(arrays.loss?.data[0])).toBe(false)
  expect(arrays['layers.0.horizon.hidden']?.data[0]).toBeNaN()
})

test.each([
  ['inputs', Number.NaN, /inputs holds NaN at example 1, step 2/],
  ['inputs', Number.POSITIVE_INFINITY, /inputs holds Infinity at example 1, step 2/],
  ['targets', Number.NaN, /targets holds NaN at position 1/],
] as const)('%s of %d are refused with the place', (part, value, message) => {
  const broken = batch(2, 4)
  broken[part].data[part === 'inputs' ? 6 : 1] = value
  expect(() => trace(generic, model('lstm', 0.5), broken)).toThrow(message)
})

test('weights of its own for each step refuse another length with the reason', () => {
  const config = { weights: 'per-step', length: 4 } as const
  expect(() => trace(generic, model('gru', 0.5, config), batch(2, 5))).toThrow(
    /sequence has 5 steps.*each of its 4 steps/,
  )
})
