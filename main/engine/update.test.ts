import { describe, expect, it, test } from 'vitest'
import { ndarray } from '../../shared/ndarray.ts'
import { ScheduleSpec, TrainingSpec } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { clip, globalNorm } from './clip.ts'
import { optimizers, settingsOf } from './optimizers/registry.ts'
import type { Snapshot } from './protocol.ts'
import { learningRateAt, resolveSchedule } from './schedules.ts'
import { updateParameters } from './update.ts'

const training = (fields: object) => parse(TrainingSpec, fields, 'spec-invalid', 'test')
const one = (...values: number[]) => ({ w: ndarray([values.length], Float32Array.from(values)) })

describe('clipping', () => {
  it('cuts by value first, then scales what is left, so that both limits hold', () => {
    const gradients = one(100, 0.5, -0.5)
    const both = clip(gradients, { clipValue: 1, clipNorm: 1 })
    const norm = Math.hypot(1, 0.5, 0.5)
    expect(both.w?.data).toEqual(Float32Array.of(1 / norm, 0.5 / norm, -0.5 / norm))
    expect(globalNorm(both)).toBeCloseTo(1, 6)
    expect(clip(gradients, { clipValue: 1, clipNorm: null }).w?.data).toEqual(Float32Array.of(1, 0.5, -0.5))
    expect(clip(gradients, { clipNorm: 1 }).w?.data[0]).toBeCloseTo(1, 4)
  })

  it('leaves gradients within the limits as they are', () => {
    const gradients = one(0.1, -0.2)
    expect(clip(gradients, { clipNorm: null })).toBe(gradients)
    expect(clip(gradients, { clipNorm: 1 })).toBe(gradients)
    expect(clip(gradients, { clipValue: 1, clipNorm: 1 })).toEqual(gradients)
  })
})

describe('a cosine', () => {
  const schedule = parse(ScheduleSpec, { id: 'cosine', warmup: { totalIters: 10 } }, 'spec-invalid', 'test')

  it('is as long as the steps planned after the warm-up, and reaches its end with the update after the last', () => {
    const planned = training({ steps: 110, learningRate: 0.1, schedule })
    expect(resolveSchedule(planned)).toMatchObject({ tMax: 100 })
    expect(learningRateAt(11, planned)).toBe(0.1)
    expect(learningRateAt(110, planned)).toBeGreaterThan(0)
    expect(learningRateAt(111, planned)).toBe(0)
  })

  it('that was resolved keeps its rates when the run is extended, and stays at its end', () => {
    const planned = training({ steps: 110, learningRate: 0.1, schedule })
    const resolved = { ...planned, schedule: resolveSchedule(planned) }
    const extended = { ...resolved, steps: 500 }
    for (const step of [1, 50, 110, 111]) expect(learningRateAt(step, extended)).toBe(learningRateAt(step, resolved))
    expect(learningRateAt(300, extended)).toBe(0)
    expect(learningRateAt(300, { ...extended, schedule: { ...resolved.schedule, etaMin: 0.01 } as never })).toBe(0.01)
  })
})

test('a constant rate is the rate, with a warm-up from a third of it', () => {
  expect(learningRateAt(5, training({ learningRate: 0.3 }))).toBe(0.3)
  const warmed = training({ learningRate: 0.3, schedule: { id: 'constant', warmup: { totalIters: 4 } } })
  expect(learningRateAt(1, warmed)).toBeCloseTo(0.1, 12)
  expect(learningRateAt(3, warmed)).toBeCloseTo(0.2, 12)
  expect(learningRateAt(5, warmed)).toBe(0.3)
})

describe('settings', () => {
  it.each(optimizers.map(({ id }) => id))('%s reads its defaults and nothing else', (id) => {
    const optimizer = optimizers.find((each) => each.id === id)
    expect(settingsOf(training({ optimizer: id }))).toEqual(optimizer?.defaults)
  })

  it('that the optimiser does not read are refused, and so is an optimiser that is not there', () => {
    expect(() => settingsOf(training({ optimizer: 'sgd', momentum: 0.9 }))).toThrow(/training\.momentum.*"sgd"/)
    expect(() => settingsOf(training({ weightDecay: 0.1 }))).toThrow(/training\.weightDecay.*"adam"/)
    expect(() => settingsOf(training({ optimizer: 'adamm' }))).toThrow(/"adamm"/)
  })
})

describe('an update', () => {
  it('moves by the rate of its own step, and reports the norm before clipping', () => {
    const spec = training({
      optimizer: 'sgd',
      learningRate: 0.5,
      clipNorm: 1,
      schedule: { id: 'step', stepSize: 2, gamma: 0.5 },
    })
    let snapshot: Snapshot = { step: 0, parameters: one(1, 0), optimizer: {} }
    const rates = [0.5, 0.5, 0.25, 0.25, 0.125]
    for (const rate of rates) {
      const before = snapshot.parameters.w?.data[0] as number
      const updated = updateParameters(spec, snapshot, one(3, 4))
      expect([updated.gradientNorm, updated.learningRate]).toEqual([5, rate])
      snapshot = updated.snapshot
      expect(snapshot.parameters.w?.data[0]).toBeCloseTo(before - rate * 0.6, 6)
    }
    expect(snapshot.step).toBe(5)
  })

  it('of gradients that are not finite says so in the norm', () => {
    const snapshot = { step: 0, parameters: one(1), optimizer: {} }
    expect(updateParameters(training({}), snapshot, one(Number.NaN)).gradientNorm).toBeNaN()
    expect(updateParameters(training({}), snapshot, one(Number.POSITIVE_INFINITY)).gradientNorm).toBe(Infinity)
  })
})
