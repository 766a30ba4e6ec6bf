import { createRequire } from 'node:module'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { wasmGeneric } from '../../main/engine/backends/wasm-generic.ts'
import { cells } from '../../main/engine/cells/catalogue.ts'
import type { Cell } from '../../main/engine/cells/cell.ts'
import { generic } from '../../main/engine/layers/generic.ts'
import type { BackwardDetail, Compute, Layer, Sequence } from '../../main/engine/layers/layer.ts'
import { type Random, randomStream } from '../../main/engine/random.ts'
import type { Binding } from '../../main/engine/tensorflow/binding.ts'
import { nativeCell } from '../../main/engine/tensorflow/catalogue.ts'
import { native } from '../../main/engine/tensorflow/native.ts'
import { type Floats, ndarray, sizeOf } from '../../shared/ndarray.ts'
import { enterPack, installTime, missing } from './pack.ts'

const own = cells.filter(({ id }) => nativeCell(id))
const details: readonly BackwardDetail[] = ['parameters', 'states', 'paths']

interface Problem {
  readonly layer: Layer
  readonly sequence: Sequence
  /** dL/dh, 0 at padded steps. */
  readonly gradient: Floats
}

function problemOf(cell: Cell, [T, B, D, H]: readonly number[], even: boolean, random: Random, scale = 0.5): Problem {
  const [time, batch, width, units] = [T, B, D, H] as [number, number, number, number]
  const numbers = (...shape: number[]) =>
    ndarray(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * scale),
    )
  const lengths = Array.from({ length: batch }, (_, b) => (even || b === 0 ? time : 1 + random.integer(time)))
  const onlyReal = ({ shape, data }: Floats) => {
    const isReal = (row: number) => Math.floor(row / batch) < (lengths[row % batch] as number)
    return ndarray(
      shape,
      data.map((x, k) => (isReal(Math.floor(k / (shape[2] as number))) ? x : 0)),
    )
  }
  const rows = cell.rows.length * units
  const activation = (['tanh', 'relu', 'sigmoid', 'identity'] as const)[random.integer(4)]
  const gradient = onlyReal(numbers(time, batch, units))
  // As it comes from a head at the last step.
  if (random.integer(2)) gradient.data.fill(0, 0, (time - 1) * batch * units)
  return {
    layer: {
      cell,
      units,
      ...(cell.id === 'rnn' && activation && { activation }),
      parameters: {
        weight_ih: numbers(rows, width),
        weight_hh: numbers(rows, units),
        bias_ih: numbers(rows),
        bias_hh: numbers(rows),
      },
    },
    sequence: { inputs: onlyReal(numbers(time, batch, width)), lengths },
    gradient,
  }
}

/** Everything that an engine says of a layer, by name. */
function answers(compute: Compute, { layer, sequence, gradient }: Problem, detail: BackwardDetail) {
  const pass = compute.layer(layer, sequence, { states: true })
  const { parameters, paths, ...back } = pass.backward(gradient, detail)
  pass.release()
  const ways = { ...parameters, ...back, ...paths }
  return {
    hidden: pass.hidden,
    ...(pass.cell && { cell: pass.cell }),
    ...pass.gates,
    ...Object.fromEntries(Object.entries(ways).map(([name, array]) => [`dL/d ${name}`, array])),
  } as Record<string, Floats>
}

const largestOf = (data: Float32Array) => data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6)

function expectSame(compute: Compute, problem: Problem, detail: BackwardDetail): void {
  const [found, expected] = [answers(compute, problem, detail), answers(generic, problem, detail)]
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
  // A parameter's gradient is a sum over steps and examples that can cancel to next to nothing: float32 decides it
  // to a share of what was added, of which the largest gradient gives the size.
  const gradients = Object.entries(expected).filter(([name]) => name.startsWith('dL/d'))
  const largest = Math.max(...gradients.map(([, { data }]) => largestOf(data)))
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const array = found[name] as Floats
    expect(array.shape, name).toEqual(shape)
    const size = name.startsWith('dL/d') ? largest : largestOf(data)
    const worst = data.reduce((most, x, k) => Math.max(most, Math.abs(x - (array.data[k] as number))), 0)
    expect(worst / size, name).toBeLessThan(2e-5)
  }
}

if (missing) test.skip(`TensorFlow's own operations (${missing})`, () => {})

describe.skipIf(missing)("TensorFlow's own operations", () => {
  let compute: Compute
  beforeAll(async () => {
    await enterPack()
    await wasmGeneric.start()
    compute = native(createRequire(import.meta.url)(process.env.UNROLL_TENSORFLOW_BINDING ?? '') as Binding, generic)
  }, installTime)

  test.each(own.map((cell) => [cell.id, cell] as const))('%s is what the generic layer says', (_id, cell) => {
    const size = (max: number) => fc.integer({ min: 1, max })
    const sizes = fc.tuple(size(8), size(9), size(7), size(19))
    fc.assert(
      fc.property(sizes, fc.boolean(), fc.integer(), fc.constantFrom(...details), (of, even, seed, detail) =>
        expectSame(compute, problemOf(cell, of, even, randomStream(seed, 'layer')), detail),
      ),
      { numRuns: 40 },
    )
  })

  test.each(own.map((cell) => [cell.id, cell] as const))('%s of many units', (_id, cell) => {
    expectSame(compute, problemOf(cell, [5, 4, 3, 100], false, randomStream(1, 'wide'), 0.1), 'paths')
  })

  // There 1 - n^2 is the rounding of n, which float32 does not decide: an error in one gradient is measured
  // against the largest of all, and not against an array that is nothing but such roundings.
  test.each(own.map((cell) => [cell.id, cell] as const))('%s where every gate is shut or wide open', (_id, cell) => {
    for (let seed = 0; seed < 20; seed++) {
      const { layer, ...rest } = problemOf(cell, [5, 3, 2, 7], false, randomStream(seed, 'shut'), 100)
      const problem = { layer: cell.id === 'rnn' ? { ...layer, activation: 'tanh' as const } : layer, ...rest }
      const [found, expected] = [answers(compute, problem, 'paths'), answers(generic, problem, 'paths')]
      const largest = (isGradient: boolean) =>
        Math.max(
          ...Object.entries(expected).flatMap(([name, { data }]) =>
            name.startsWith('dL/d') === isGradient ? [...data].map(Math.abs) : [],
          ),
        )
      for (const [name, { data }] of Object.entries(expected)) {
        const array = found[name] as Floats
        const worst = data.reduce((most, x, k) => Math.max(most, Math.abs(x - (array.data[k] as number))), 0)
        expect(worst / largest(name.startsWith('dL/d')), `${name}, seed ${seed}`).toBeLessThan(1e-4)
      }
    }
  })

  test('padding that would grow without bounds spoils nothing', () => {
    const cell = own.find(({ id }) => id === 'rnn') as Cell
    const problem = problemOf(cell, [60, 2, 1, 3], true, randomStream(3, 'padding'), 4)
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
      const { layer, sequence, gradient } = problemOf(cell, [4, 3, 2, 5], false, randomStream(4, 'held'))
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
