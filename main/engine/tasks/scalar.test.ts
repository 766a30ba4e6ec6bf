import fc from 'fast-check'
import { parse } from 'valibot'
import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { scalar } from './scalar.ts'

const create = (fields: object = {}, seed = 1) =>
  scalar.create(parse(scalar.schema, { id: 'scalar', ...fields }), undefined, seed)

/** One unit, no non-linearity: h_t = w h_{t-1} + x_t, read out as it is. */
const recur = (inputs: readonly number[], w: number) => inputs.reduce((h, x) => w * h + x, 0)

test('a recurrence with the factor as its weight answers right, one with a little more or less does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 120 }),
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
      fc.integer({ min: 0, max: 0x7fff_ffff }),
      (length, factor, seed) => {
        const task = create({ length, factor }, seed)
        const batch = task.trainBatch(1, 8)
        const answer = (w: number) =>
          ndarray(
            [8, 1],
            Float32Array.from({ length: 8 }, (_, b) => {
              const inputs = [...batch.inputs.data.subarray(b * length, (b + 1) * length)]
              expect(inputs.slice(1).every((value) => value === 0)).toBe(true)
              return recur(inputs, w)
            }),
          )
        const gain = factor ** (length - 1)
        expect(task.metric(answer(factor), batch) / gain).toBeLessThan(1e-5)
        const size = task.metric(ndarray([8, 1], new Float32Array(8)), batch)
        const off = Math.abs((1.01 * factor) ** (length - 1) - gain) / gain
        expect(task.metric(answer(1.01 * factor), batch) / size / off).toBeCloseTo(1, 3)
      },
    ),
    { numRuns: 60 },
  )
})

test('answering 0 scores the baseline of the split, near a third of the gain squared', () => {
  const task = create({ length: 30, factor: 1.05 })
  const gain = 1.05 ** 29
  const batch = task.heldOut('test', 1000)
  const count = batch.targets.data.length
  const [mean] = task.facts.baselines.test
  expect(task.metric(ndarray([count, 1], new Float32Array(count)), batch)).toBeCloseTo(mean?.metric as number, 6)
  expect((mean?.loss ?? 0) / gain ** 2).toBeCloseTo(1 / 3, 1)
  expect((mean?.metric ?? 0) / gain).toBeCloseTo(1 / 2, 1)
})

test('one step is the number itself; an answer beyond what can be learned is refused', () => {
  const { inputs, targets } = create({ length: 1, factor: 0.5 }).trainBatch(1, 4)
  expect([...inputs.data]).toEqual([...targets.data])
  expect(() => create({ length: 300, factor: 1.1 })).toThrow(/task.factor is 1.1: over 300 steps .* 2.4e\+12 times/)
  expect(() => create({ length: 300, factor: 0.9 })).toThrow(/2.1e-14 times the impulse/)
  expect(create({ length: 5000 }).facts.length).toBe(5000)
})
