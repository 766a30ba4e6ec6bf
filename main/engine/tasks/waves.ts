import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { type Random, randomStream } from '../random.ts'
import { checkOrder } from './distances.ts'
import { heldOutExamples } from './generated.ts'
import { inputsOf } from './inputs.ts'
import { meanAbsoluteError, scored } from './series.ts'
import { forEachSplit, scoredExamples, type TaskInstance } from './task.ts'

export interface Wave {
  readonly length: number
  readonly minPeriod: number
  readonly maxPeriod: number
}

const period = v.pipe(v.number(), v.minValue(2), v.maxValue(10_000))

/** Fields of a wave: how many values are read, and the range its period is drawn from, in steps. */
export const waveFields = {
  length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(5000)), 50),
  minPeriod: v.optional(period, 8),
  maxPeriod: v.optional(period, 24),
}

/**
 * The next value of a sine at every step. Each example has a period and a phase of its own, which have
 * to be read off the values. With `noise`, its standard deviation, every value that is read or asked
 * for is the sine plus a normal number of its own; what nobody can foresee is then the noise floor.
 * Throws LabError `spec-invalid` when minPeriod is above maxPeriod.
 */
export function waveTask(id: string, wave: Wave, noise: number, seed: number): TaskInstance {
  checkOrder({ minPeriod: wave.minPeriod, maxPeriod: wave.maxPeriod }, 'minPeriod', 'maxPeriod')
  const { length } = wave
  const draw = (random: Random, count: number) => waves(random, count, wave, noise)
  const heldOut = (split: Split, limit: number) =>
    draw(randomStream(seed, `${id} ${split}`), Math.min(limit, heldOutExamples))
  const rules = ({ batch, clean }: Waves): Readonly<Record<string, Floats>> => ({
    persistence: ndarray(batch.targets.shape, batch.inputs.data as Float32Array),
    ...(noise > 0 && { 'noise-floor': clean }),
  })
  return {
    facts: {
      length,
      inputs: { kind: 'values', names: ['value'] },
      outputs: 'value-series',
      metric: { id: 'mean-absolute-error', better: 'lower' },
      loss: 'mse',
      baselines: forEachSplit((split) => {
        const drawn = heldOut(split, scoredExamples[split])
        const { shape, data } = drawn.batch.targets
        const mean = scored('mean', ndarray(shape, new Float32Array(data.length)), drawn.batch)
        return [mean, ...Object.entries(rules(drawn)).map(([rule, answers]) => scored(rule, answers, drawn.batch))]
      }),
      heldOut: heldOutExamples,
    },
    interface: { inputSize: 1, outputSize: 1, head: 'every-step', loss: 'mse' },
    trainBatch: (step, size) => draw(randomStream(seed, `${id} train`, step), size).batch,
    heldOut: (split, limit) => heldOut(split, limit).batch,
    metric: meanAbsoluteError,
    present: {
      inputs: inputsOf,
      targets: (targets) => targets as Floats,
      outputs: (output) => output,
      baselines: (split, limit) => rules(heldOut(split, limit)),
    },
  }
}

interface Waves {
  readonly batch: Batch
  /** The targets without their noise, [N, T, 1]. */
  readonly clean: Floats
}

function waves(random: Random, count: number, { length, minPeriod, maxPeriod }: Wave, noise: number): Waves {
  const shape = [count, length, 1]
  const inputs = new Float32Array(count * length)
  const targets = new Float32Array(count * length)
  const clean = new Float32Array(count * length)
  for (let b = 0; b < count; b++) {
    const pace = (2 * Math.PI) / (minPeriod + random.uniform() * (maxPeriod - minPeriod))
    const phase = 2 * Math.PI * random.uniform()
    for (let t = 0; t <= length; t++) {
      const value = Math.sin(pace * t + phase)
      const measured = noise > 0 ? value + noise * random.normal() : value
      if (t < length) inputs[b * length + t] = measured
      if (t === 0) continue
      targets[b * length + t - 1] = measured
      clean[b * length + t - 1] = value
    }
  }
  return {
    batch: { inputs: ndarray(shape, inputs), targets: ndarray(shape, targets) },
    clean: ndarray(shape, clean),
  }
}
