import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { compareTraces, type Difference, tolerance } from '../../main/engine/checks/compare.ts'
import { type Equations, variants } from '../../main/engine/checks/problems.ts'
import { generic } from '../../main/engine/layers/generic.ts'
import type { Compute } from '../../main/engine/layers/layer.ts'
import { randomStream } from '../../main/engine/random.ts'
import type { Trace } from '../../shared/model.ts'
import { type Floats, ndarray } from '../../shared/ndarray.ts'
import { registered, whyNot } from './engines.ts'
import { drawSizes, type LayerProblem, layerAnswers, layerProblem } from './layer-problems.ts'

/** Random layers of each cell; a failure names the problem, which its seed makes again. */
const drawn = 12
/** Of these for WebGPU, which computes the generic layer's operations, here in software and so the slowest by far. */
const drawnInSoftware = 3

const zero = ({ shape, data }: Floats): Floats => ndarray(shape, new Float32Array(data.length))

function problemsOf(of: string, equations: Equations) {
  const random = Array.from({ length: drawn }, (_, seed) =>
    layerProblem(equations, drawSizes(randomStream(seed, of)), seed),
  )
  const sizes = { time: 5, width: 3, units: 6, batch: 3 }
  const kinds = [false, true].map((perStep) => ({ ...sizes, perStep }))
  // Two of the plain RNN's functions have no bounds: over more steps their states leave float32's range.
  const time = equations.activation === 'relu' || equations.activation === 'identity' ? 3 : 8
  return {
    random,
    saturated: kinds.map((kind) => layerProblem(equations, { ...kind, time, saturated: true }, 3)),
    silent: kinds.map((kind) => {
      const problem = layerProblem(equations, kind, 4)
      return { ...problem, gradient: zero(problem.gradient) }
    }),
    poisoned: kinds.map((kind) => {
      const problem = layerProblem(equations, kind, 5)
      problem.sequence.inputs.data[sizes.batch * sizes.width + 1] = Number.NaN // step 1 of example 0
      return problem
    }),
  }
}

type Kind = keyof ReturnType<typeof problemsOf>
const problems = new Map(variants.map(({ of, config }) => [of, problemsOf(of, config)]))

/** What the generic path says on TensorFlow.js' backend in plain JavaScript, which shares no kernel with any other. */
const truths = new Map<LayerProblem, Trace>()

beforeAll(async () => {
  await tf.setBackend('cpu')
  for (const kinds of problems.values()) {
    for (const problem of Object.values(kinds).flat()) truths.set(problem, layerAnswers(generic, problem))
  }
})

const of = (variant: string, kind: Kind): LayerProblem[] => problems.get(variant)?.[kind] ?? []
const truth = (problem: LayerProblem): Trace => truths.get(problem) as Trace

/** What an engine says that the truth does not, and of which problem. */
function differences(compute: Compute, asked: readonly LayerProblem[]): (Difference & { of: string })[] {
  expect(asked.length).toBeGreaterThan(0)
  return asked.flatMap((problem) =>
    compareTraces(layerAnswers(compute, problem), truth(problem))
      .filter(({ relative }) => !(relative <= tolerance))
      .map((row) => ({ of: problem.name, ...row })),
  )
}

/**
 * A closed ReLU of the kernels, as of PyTorch, passes no gradient whatever arrives; the generic path
 * multiplies by 0, and 0 times NaN is NaN. There the kernels may be finite where the truth is not.
 */
const stopsNaN = (variant: string, array: string) =>
  variant === 'rnn-relu' && /\.(parameters|states|paths)\./.test(array)

for (const engine of registered) {
  const reason = await whyNot(engine)
  if (reason !== undefined) {
    test.skip(`the engine ${engine.id} (${reason})`, () => {})
    continue
  }
  describe(`the engine ${engine.id}`, () => {
    let compute: Compute
    beforeAll(async () => {
      compute = await engine.start()
    })

    describe.each(variants.map(({ of: variant }) => variant))('%s', (variant) => {
      test('says of random layers what the truth says, and keeps nothing', () => {
        const held = compute.held()
        const asked = of(variant, 'random').slice(0, engine.id === 'webgpu' ? drawnInSoftware : drawn)
        expect(differences(compute, asked)).toEqual([])
        expect(compute.held()).toBe(held)
      })

      test('says so with weights of 1e4, every gate at its end', () => {
        for (const problem of of(variant, 'saturated')) {
          for (const gate of problem.layer.cell.gates) {
            const ends = truth(problem)[`layers.traced.${gate}`]?.data ?? []
            expect(
              ends.every((value) => Math.abs(value) === 1 || value === 0),
              `${gate} of ${problem.name}`,
            ).toBe(true)
          }
        }
        expect(differences(compute, of(variant, 'saturated'))).toEqual([])
      })

      test('gives gradients of exactly 0 where none arrives', () => {
        for (const problem of of(variant, 'silent')) {
          const found = layerAnswers(compute, problem)
          expect(Object.keys(found).sort()).toEqual(Object.keys(truth(problem)).sort())
          for (const [name, { data }] of Object.entries(found)) {
            if (/\.(parameters|states|paths)\./.test(name))
              expect(
                data.every((value) => value === 0),
                name,
              ).toBe(true)
          }
        }
      })

      test('has NaN where the truth has it, after a NaN in the inputs', () => {
        for (const problem of of(variant, 'poisoned')) {
          const found = layerAnswers(compute, problem)
          const expected = Object.entries(truth(problem))
          expect(expected.some(([, { data }]) => data.some(Number.isNaN))).toBe(true)
          for (const [name, { data }] of expected) {
            for (const [k, value] of data.entries()) {
              const own = found[name]?.data[k]
              if (stopsNaN(variant, name) && Number.isNaN(value)) continue
              expect(Number.isNaN(own), `${name} at ${k} of ${problem.name}`).toBe(Number.isNaN(value))
            }
          }
        }
      })
    })

    test.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])('the product, transposed: %s, %s', (transposeA, transposeB) => {
      const random = randomStream(6, 'product')
      const matrix = (shape: [number, number]) =>
        ndarray(
          shape,
          Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
        )
      const [rows, depth, columns] = [7, 19, 5]
      const a = matrix(transposeA ? [depth, rows] : [rows, depth])
      const b = matrix(transposeB ? [columns, depth] : [depth, columns])
      const found = compute.product(a, b, transposeA, transposeB)
      expect(found.shape).toEqual([rows, columns])
      for (const [k, value] of found.data.entries()) {
        const [i, j] = [Math.floor(k / columns), k % columns]
        let sum = 0
        for (let d = 0; d < depth; d++) {
          const left = a.data[transposeA ? d * rows + i : i * depth + d] as number
          sum += left * (b.data[transposeB ? j * depth + d : d * columns + j] as number)
        }
        expect(Math.abs(value - sum)).toBeLessThan(1e-5)
      }
    })
  })
}

describe('an engine that is off by a thousandth is found', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  const more = ({ shape, data }: Floats) =>
    ndarray(
      shape,
      data.map((value) => value * 1.001),
    )

  test('in a gate', () => {
    const off: Compute = {
      ...generic,
      layer(...args) {
        const pass = generic.layer(...args)
        const { forget } = pass.gates
        return { ...pass, gates: { ...pass.gates, ...(forget && { forget: more(forget) }) } }
      },
    }
    const found = differences(off, of('lstm', 'random'))
    expect(new Set(found.map(({ array }) => array))).toEqual(new Set(['layers.traced.forget']))
  })

  test.each(['parameters', 'states', 'paths'] as const)('in what it gives back for %s alone', (mode) => {
    const off: Compute = {
      ...generic,
      layer(...args) {
        const pass = generic.layer(...args)
        return {
          ...pass,
          backward(gradient, detail) {
            const back = pass.backward(gradient, detail)
            return detail === mode ? { ...back, inputs: more(back.inputs as Floats) } : back
          },
        }
      },
    }
    const found = differences(off, of('gru', 'random'))
    const states = `layers.traced.${mode}.inputs`
    const expected = mode === 'parameters' ? [states, 'layers.bare.parameters.inputs'] : [states]
    expect(new Set(found.map(({ array }) => array))).toEqual(new Set(expected))
  })
})
