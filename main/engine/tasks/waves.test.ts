import fc from 'fast-check'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import type { ndarray } from '../../../shared/ndarray.ts'
import { noisySine } from './noisy-sine.ts'
import { sine } from './sine.ts'
import { scoredExamples, type Task } from './task.ts'

const create = (task: Task, fields: object = {}, seed = 1) =>
  task.create(parse(task.schema, { id: task.id, ...fields }), undefined, seed)

const seeds = fc.integer({ min: 0, max: 0x7fff_ffff })

test('sine: every example is a wave of one period in the range, and the next value is asked for', () => {
  const periods = fc.uniqueArray(fc.double({ min: 4, max: 60, noNaN: true }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(periods, fc.integer({ min: 4, max: 60 }), seeds, (range, length, seed) => {
      const [minPeriod, maxPeriod] = range.sort((a, b) => a - b) as [number, number]
      const { inputs, targets } = create(sine as Task, { minPeriod, maxPeriod, length }, seed).trainBatch(1, 6)
      for (let b = 0; b < 6; b++) {
        const read = [...inputs.data.subarray(b * length, (b + 1) * length)]
        const wanted = [...targets.data.subarray(b * length, (b + 1) * length)]
        expect(wanted.slice(0, -1)).toEqual(read.slice(1))
        const wave = [...read, wanted.at(-1) as number]
        // Any sine keeps s_{t+1} + s_{t-1} = 2 cos(2 pi / period) s_t; read off where s_t is largest.
        const inner = wave.slice(1, -1)
        const t =
          1 + inner.reduce((best, value, k) => (Math.abs(value) > Math.abs(inner[best] as number) ? k : best), 0)
        const at = (k: number) => wave[k] as number
        const pace = (at(t + 1) + at(t - 1)) / at(t)
        const period = (2 * Math.PI) / Math.acos(Math.max(-1, Math.min(1, pace / 2)))
        expect(period).toBeGreaterThan(minPeriod * 0.98)
        expect(period).toBeLessThan(maxPeriod * 1.02)
        for (let k = 1; k < length; k++) expect(at(k + 1) + at(k - 1)).toBeCloseTo(pace * at(k), 4)
      }
    }),
    { numRuns: 60 },
  )
})

describe.each([
  ['sine', sine as Task, 0],
  ['noisy-sine', noisySine as Task, 0.4],
] as const)('%s', (_id, task, noise) => {
  const instance = create(task, noise ? { noise } : {})

  test('the baselines are what the mean and the last value score on the split', () => {
    for (const split of ['validation', 'test'] as const) {
      const batch = instance.heldOut(split, scoredExamples[split])
      const count = batch.targets.data.length
      const errors = { mean: (k: number) => batch.targets.data[k] as number, persistence: (k: number) => off(k) }
      const off = (k: number) => (batch.targets.data[k] as number) - (batch.inputs.data[k] as number)
      for (const [id, error] of Object.entries(errors)) {
        const baseline = instance.facts.baselines[split].find((known) => known.id === id)
        const all = Array.from({ length: count }, (_, k) => error(k))
        expect(baseline?.loss).toBeCloseTo(all.reduce((sum, value) => sum + value ** 2, 0) / count, 6)
        expect(baseline?.metric).toBeCloseTo(all.reduce((sum, value) => sum + Math.abs(value), 0) / count, 6)
      }
    }
    expect(instance.facts.baselines.validation).not.toEqual(instance.facts.baselines.test)
  })

  test('a rule drawn beside the networks scores what its baseline says', () => {
    const batch = instance.heldOut('test', 1000)
    const drawn = instance.present.baselines?.('test', 1000) ?? {}
    const named = instance.facts.baselines.test.slice(1)
    expect(Object.keys(drawn)).toEqual(named.map(({ id }) => id))
    for (const { id, metric } of named) {
      const answers = drawn[id] as ReturnType<typeof ndarray<Float32Array>>
      expect(answers.shape).toEqual(batch.targets.shape)
      expect(instance.metric(answers, batch)).toBeCloseTo(metric, 10)
    }
  })

  test('a period range that is upside down is refused', () => {
    expect(() => create(task, { minPeriod: 30, maxPeriod: 20 })).toThrow(/task.maxPeriod is 20, less than/)
  })
})

test('noisy-sine: the floor is the noise, and beneath it lies a sine', () => {
  for (const noise of [0.1, 1]) {
    const { facts, heldOut, present } = create(noisySine as Task, { noise, minPeriod: 10, maxPeriod: 10 })
    const floor = facts.baselines.test.find(({ id }) => id === 'noise-floor')
    expect((floor?.loss ?? 0) / noise ** 2).toBeCloseTo(1, 1)
    expect((floor?.metric ?? 0) / (noise * Math.sqrt(2 / Math.PI))).toBeCloseTo(1, 1)
    const clean = present.baselines?.('test', 1)['noise-floor']?.data ?? new Float32Array()
    const targets = heldOut('test', 1).targets.data
    for (let t = 0; t + 10 < clean.length; t++) {
      expect(clean[t + 10]).toBeCloseTo(clean[t] as number, 5)
      expect(targets[t]).not.toBe(clean[t])
    }
  }
})
