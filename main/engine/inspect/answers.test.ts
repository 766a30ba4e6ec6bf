import { beforeAll, describe, expect, test } from 'vitest'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import { inspectExample } from './example.ts'
import { openSmall, smallTasks } from './small-session.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

function rowOf(array: Floats | undefined, row: number): number[] {
  const width = array?.shape.at(-1) ?? 0
  return [...(array?.data.subarray(row * width, (row + 1) * width) ?? [])]
}
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0)

describe.each(smallTasks)('answers at every step of %s %j', (id, task) => {
  test('are the head of h_t, and at the last step the answer that is given', async () => {
    const session = openSmall(compute, id, task, [{ cell: 'lstm', layers: 2 }, { weights: 'per-step' }])
    const subject = await session.subject()
    const { facts, present, interface: wanted } = session.task
    const example = await inspectExample(subject, { examples: 'test', index: 1, jacobians: false })
    const length = example.inputs.shape[0] as number
    const biases = (run: number) => rowOf(subject.runs[run]?.model.parameters['head.bias'], 0)
    for (const [k, { answer, answers, trace }] of example.runs.entries()) {
      const weight = subject.runs[k]?.model.parameters['head.weight']
      const hidden = trace[`layers.${k === 0 ? 1 : 0}.hidden`]
      expect(answers.shape[0]).toBe(length)
      for (const t of [0, length - 1]) {
        const output = biases(k).map((bias, j) => bias + dot(rowOf(weight, j), rowOf(hidden, t)))
        if (facts.loss === 'mse') {
          const inUnits = present.outputs(ndarray([1, output.length], Float32Array.from(output)))
          for (const [j, value] of rowOf(answers, t).entries())
            expect(value).toBeCloseTo(inUnits.data[j] ?? Number.NaN, 4)
        } else {
          // One logit says how much more the second class has than the first.
          const powers = (facts.loss === 'bce' ? [0, ...output] : output).map(Math.exp)
          expect(rowOf(answers, t)).toHaveLength(powers.length)
          const sum = powers.reduce((a, b) => a + b)
          for (const [c, share] of rowOf(answers, t).entries())
            expect(share).toBeCloseTo((powers[c] ?? Number.NaN) / sum, 5)
        }
      }
      const last = rowOf(answers, length - 1)
      expect(facts.loss === 'mse' ? last.at(-1) : last.indexOf(Math.max(...last))).toBeCloseTo(answer, 4)
    }
    expect(example.targets?.shape[0]).toBe(wanted.head === 'every-step' ? length : undefined)
    if (example.targets) expect(example.targets.data.at(-1)).toBe(example.target)
  })
})
