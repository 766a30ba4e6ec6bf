import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Intervention } from '../../shared/interventions.ts'
import type { Batch, Model, ModelConfig, Parameters, Trace } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { wasm } from './backends/wasm.ts'
import { cells } from './cells/catalogue.ts'
import type { Cell } from './cells/cell.ts'
import { slopeErrors } from './checks/finite-differences.ts'
import { drawExample, exampleOf } from './checks/problems.ts'
import { generic } from './layers/generic.ts'
import type { Compute } from './layers/layer.ts'
import { type Random, randomStream } from './random.ts'
import { trace } from './trace.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

const traced = ({ model, batch }: { model: Model; batch: Batch }, interventions: Intervention[]): Trace =>
  trace(compute, model, batch, { interventions, jacobians: false })
const get = (arrays: Trace, name: string) => arrays[name] as Floats
const valuesOf = ({ gates, hasCellState }: Cell) => [
  'hidden',
  ...(hasCellState ? ['cell'] : []),
  ...gates.map((gate) => `gates.${gate}`),
]

function drawIntervention(random: Random, cell: Cell, config: ModelConfig, time: number): Intervention {
  const among = <T>(list: readonly T[]): T => list[random.integer(list.length)] as T
  const layer = random.integer(config.layers)
  const unit = random.integer(config.hiddenSize)
  const from = random.integer(time)
  const stretch = { from, to: from + random.integer(time) }
  const some = random.integer(2) ? { unit } : {}
  return among<Intervention>([
    { kind: 'clamp', layer, of: among(valuesOf(cell)), ...some, value: random.normal() / 2, ...stretch },
    { kind: 'ablate', layer, unit },
    { kind: 'freeze', layer, ...some, ...stretch },
  ])
}

describe.each(cells.map((cell) => [cell.id, cell] as const))('%s', (id, cell) => {
  test('every gradient is the slope of the loss with what is fixed', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const example = drawExample(seed, { cell: id })
      const random = randomStream(seed, 'interventions')
      const time = example.batch.inputs.shape[1] as number
      const fixed = Array.from({ length: 1 + random.integer(3) }, () =>
        drawIntervention(random, cell, example.model.config, time),
      )
      const wrong = slopeErrors(generic, example.model, example.batch, fixed).filter(
        ({ relative }) => !(relative <= 1e-4),
      )
      expect(wrong, JSON.stringify({ config: example.model.config, fixed })).toEqual([])
    })
    fc.assert(property, { numRuns: 6, seed: 3 })
  })

  test('a value that is fixed to what it was changes no state and no answer', () => {
    const property = fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const random = randomStream(seed, 'same')
      const [layer, unit, length] = [random.integer(2), random.integer(4), 1 + random.integer(6)]
      const t = random.integer(length)
      const example = exampleOf(sizes(id), [length], seed)
      const before = traced(example, [])
      for (const of of valuesOf(cell)) {
        const value = get(before, `layers.${layer}.${of}`).data[t * 4 + unit] as number
        const after = traced(example, [{ kind: 'clamp', layer, of, unit, value, from: t, to: t }])
        for (const name of ['output', `layers.${layer}.hidden`, `layers.${layer}.${of}`]) {
          expect(get(after, name), `${of}: ${name}`).toEqual(get(before, name))
        }
      }
    })
    fc.assert(property, { numRuns: 5, seed: 4 })
  })

  test('whatever it names can be fixed, and shows in the trace', () => {
    const example = exampleOf(sizes(id), [5, 3], 8)
    for (const of of valuesOf(cell)) {
      const fixed = traced(example, [{ kind: 'clamp', layer: 1, of, value: 0.25, from: 1, to: 3 }])
      const values = get(fixed, `layers.1.${of}`)
      for (let t = 0; t < 5; t++) {
        const step = values.data.subarray(t * 4, t * 4 + 4)
        expect(
          step.every((value) => value === 0.25),
          `${of} at ${t}`,
        ).toBe(t >= 1 && t <= 3)
      }
      // The second example has ended before.
      expect(values.data.subarray(20 + 12, 20 + 20)).toEqual(new Float32Array(8))
    }
  })

  test('a unit that is not there is as one whose weights to all others are 0', () => {
    const { model, batch } = exampleOf({ ...sizes(id), layers: 1 }, [5, 3], 9)
    const without = withoutColumn(model.parameters, ['rnn.weight_hh_l0', 'head.weight'], 2)
    const plain = trace(compute, { ...model, parameters: without }, batch)
    const fixed = traced({ model, batch }, [{ kind: 'ablate', layer: 0, unit: 2 }])
    const difference = Math.max(
      ...get(plain, 'output').data.map((y, k) => Math.abs(y - (get(fixed, 'output').data[k] as number))),
    )
    expect(difference).toBeLessThan(1e-6)
    for (const state of cell.hasCellState ? ['hidden', 'cell'] : ['hidden']) {
      const values = get(fixed, `layers.0.${state}`).data
      expect(values.some((value, k) => k % 4 === 2 && value !== 0)).toBe(false)
    }
  })

  test('what is fixed teaches the weights behind it nothing at those steps', () => {
    const config: ModelConfig = { ...sizes(id), layers: 1, weights: 'per-step', length: 4 }
    const example = exampleOf(config, [4], 10)
    for (const [block, gate] of cell.rows.entries()) {
      const of = gate === '' ? 'hidden' : `gates.${gate}`
      const fixed = traced(example, [{ kind: 'clamp', layer: 0, of, value: 0.5, from: 1, to: 2 }])
      const { shape, data } = get(fixed, 'grad.parameters.rnn.weight_ih_l0')
      const size = 4 * (shape[2] as number)
      const ofStep = (t: number) => data.subarray(t * cell.rows.length * size + block * size).subarray(0, size)
      expect([...ofStep(1), ...ofStep(2)].every((value) => value === 0)).toBe(true)
      expect(ofStep(3).some((value) => value !== 0)).toBe(true)
    }
  })

  test('a stretch that is frozen carries its state and its gradient as they are', () => {
    const example = exampleOf({ ...sizes(id), layers: 1 }, [6], 11)
    const carried = cell.hasCellState ? 'cell' : 'hidden'
    const fixed = traced(example, [{ kind: 'freeze', layer: 0, from: 2, to: 4 }])
    const at = (name: string, t: number) => get(fixed, `layers.0.${name}`).data.subarray(t * 4, t * 4 + 4)
    for (const t of [2, 3, 4]) expect(at(carried, t)).toEqual(at(carried, 1))
    expect(at(carried, 5)).not.toEqual(at(carried, 1))
    if (cell.hasCellState) for (const t of [1, 2, 3]) expect(at('grad.cell.direct', t)).toEqual(at('grad.cell', t + 1))
    else for (const t of [1, 2, 3]) expect(at('grad.hidden', t)).toEqual(at('grad.hidden', 4))
  })
})

test('a plain RNN of one unit, by hand', () => {
  const config: ModelConfig = {
    cell: 'rnn',
    activation: 'identity',
    inputSize: 1,
    hiddenSize: 1,
    layers: 1,
    outputSize: 1,
    head: 'last',
    loss: 'mse',
  }
  const one = (value: number) => Float32Array.of(value)
  const parameters: Parameters = {
    'rnn.weight_ih_l0': ndarray([1, 1], one(1)),
    'rnn.weight_hh_l0': ndarray([1, 1], one(2)),
    'rnn.bias_ih_l0': ndarray([1], one(0)),
    'rnn.bias_hh_l0': ndarray([1], one(0)),
    'head.weight': ndarray([1, 1], one(1)),
    'head.bias': ndarray([1], one(0)),
  }
  const batch: Batch = { inputs: ndarray([1, 3, 1], Float32Array.of(1, 1, 1)), targets: ndarray([1, 1], one(0)) }
  const run = (...interventions: Intervention[]) => {
    const arrays = trace(compute, { config, parameters }, batch, { interventions })
    const list = (name: string) => [...get(arrays, name).data]
    return {
      hidden: list('layers.0.hidden'),
      gradient: list('layers.0.grad.hidden'),
      inputs: list('grad.inputs'),
      jacobian: list('layers.0.jacobian'),
      lyapunov: list('layers.0.lyapunov'),
    }
  }
  // h = 1, 3, 7; L = h^2, so dL/dh = 14, and twice that for each step back.
  expect(run()).toMatchObject({ hidden: [1, 3, 7], gradient: [56, 28, 14], inputs: [56, 28, 14], jacobian: [0, 2, 2] })
  // h_1 = 10: h = 1, 10, 21; dL/dh_2 = 42, dL/dh_1 = 84, and nothing of it goes to h_0 or x_1.
  const clamped = run({ kind: 'clamp', layer: 0, of: 'hidden', value: 10, from: 1, to: 1 })
  expect(clamped).toMatchObject({ hidden: [1, 10, 21], gradient: [0, 84, 42], inputs: [0, 0, 42], jacobian: [0, 0, 2] })
  expect(clamped.lyapunov).toEqual([Number.NEGATIVE_INFINITY])
  // h_1 = h_0: h = 1, 1, 3; dL/dh_2 = 6, dL/dh_1 = 12 = dL/dh_0.
  const frozen = run({ kind: 'freeze', layer: 0, from: 1, to: 1 })
  expect(frozen).toMatchObject({ hidden: [1, 1, 3], gradient: [12, 12, 6], inputs: [12, 0, 6], jacobian: [0, 1, 2] })
  // The later one acts on the earlier one.
  const both = run(
    { kind: 'clamp', layer: 0, of: 'hidden', value: 10, from: 0, to: 2 },
    { kind: 'clamp', layer: 0, of: 'hidden', value: 5, from: 2, to: 9 },
  )
  expect(both.hidden).toEqual([10, 10, 5])
})

test('what the model does not have is refused, with what it has', () => {
  const example = exampleOf(sizes('gru'), [3], 1)
  const stretch = { from: 0, to: 1 }
  const refused: [Intervention, object][] = [
    [
      { kind: 'ablate', layer: 2, unit: 0 },
      { field: 'interventions.0.layer', value: 2 },
    ],
    [
      { kind: 'ablate', layer: 0, unit: 4 },
      { field: 'interventions.0.unit', value: 4 },
    ],
    [{ kind: 'clamp', layer: 0, of: 'gates.forget', value: 1, ...stretch }, { field: 'interventions.0.of' }],
    [
      { kind: 'clamp', layer: 0, of: 'cell', value: 1, ...stretch },
      { field: 'interventions.0.of', value: 'cell' },
    ],
  ]
  for (const [intervention, details] of refused) {
    expect(() => traced(example, [intervention])).toThrow(
      expect.objectContaining({ code: 'spec-invalid', details: expect.objectContaining(details) }),
    )
  }
})

function sizes(cell: string): ModelConfig {
  return { cell, inputSize: 3, hiddenSize: 4, layers: 2, outputSize: 2, head: 'last', loss: 'mse' }
}

function withoutColumn(parameters: Parameters, names: readonly string[], column: number): Parameters {
  const changed = names.map((name) => {
    const { shape, data } = parameters[name] as Floats
    const width = shape.at(-1) as number
    return [
      name,
      ndarray(
        shape,
        data.map((value, k) => (k % width === column ? 0 : value)),
      ),
    ] as const
  })
  return { ...parameters, ...Object.fromEntries(changed) }
}
