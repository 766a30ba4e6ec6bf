import { beforeAll, describe, expect, it } from 'vitest'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { TrainingSpec } from '../../../shared/spec.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import { parse } from '../../../shared/validation.ts'
import { wasm } from '../../engine/backends/wasm.ts'
import { generic } from '../../engine/layers/generic.ts'
import { optimizers } from '../../engine/optimizers/registry.ts'
import type { Snapshot } from '../../engine/protocol.ts'
import { taskById } from '../../engine/tasks/registry.ts'
import { Trainer } from '../../engine/train.ts'
import { type Origin, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { writeSafetensors } from './safetensors.ts'

beforeAll(() => wasm.start())

const snapshot: Snapshot = {
  step: 3,
  parameters: { 'head.bias': ndarray([1], Float32Array.of(1 / 3)) },
  optimizer: { 'adam.m.head.bias': ndarray([1], Float32Array.of(-1e-30)) },
}
const origin: Origin = { run: 'lstm-2', seed: 7, spec: 'a'.repeat(64), data: '' }
const rows: Rows = {
  history: {
    step: Int32Array.of(1, 2, 1_000_000),
    loss: Float32Array.of(0.1, 0.2, 0.3),
    metric: Float32Array.of(0, 0.5, 1),
    validationLoss: Float32Array.of(Number.NaN, 0.25, Number.NaN),
    validationMetric: Float32Array.of(Number.NaN, 0.75, Number.NaN),
    validated: Int32Array.of(0, 1, 1),
  },
  flow: { step: Int32Array.of(2), hidden: ndarray([1, 2], Float32Array.of(1e-40, 2)) },
}

describe('a checkpoint', () => {
  it('reads what it writes', () => {
    const cell = ndarray([1, 2], Float32Array.of(3, Number.POSITIVE_INFINITY))
    for (const checkpoint of [
      { snapshot, origin, rows },
      { snapshot, origin, rows: { ...rows, flow: { ...rows.flow, cell } } },
      { snapshot, origin },
      { snapshot },
    ]) {
      expect(readCheckpoint(writeCheckpoint(checkpoint), 'a')).toStrictEqual(checkpoint)
    }
  })

  it('notices any byte that is not as it was written, and any that is missing', () => {
    const bytes = writeCheckpoint({ snapshot, origin, rows })
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] as number) ^ 1
      expect(() => readCheckpoint(damaged, 'a'), `byte ${at}`).toThrow(/^a: /)
    }
    for (const length of [0, 7, 100, bytes.length - 1]) {
      expect(() => readCheckpoint(bytes.subarray(0, length), 'a')).toThrow(/^a: /)
    }
  })

  it('refuses a file of another format', () => {
    const other = writeSafetensors({ 'parameters.w': ndarray([1], Float32Array.of(2)) }, { step: '5' })
    expect(() => readCheckpoint(other, 'a')).toThrow(/its format is "undefined", known is "unroll-checkpoint\/1"/)
  })
})

describe('training that goes on from a checkpoint', () => {
  const task = taskById('adding').create({ id: 'adding', length: 5 }, undefined, 1)
  const config: ModelConfig = { cell: 'lstm', hiddenSize: 3, layers: 1, ...task.interface }
  const batch = (step: number): Batch => task.trainBatch(step, 3)

  it.each(optimizers.map(({ id }) => id))('equals the uninterrupted one with %s, bit for bit', (optimizer) => {
    const schedule = { id: 'cosine', tMax: 9, warmup: { totalIters: 3 } }
    const training = parse(TrainingSpec, { optimizer, schedule, clipValue: 0.5 }, 'spec-invalid', 'test')
    const trainer = (from?: Snapshot) => new Trainer(generic, config, training, 1, task.metric, from)
    const whole = trainer()
    let part = trainer()
    for (let step = 1; step <= 12; step++) {
      // Stopped after every update; and what is measured beside it changes nothing.
      part = trainer(readCheckpoint(writeCheckpoint({ snapshot: part.snapshot() }), 'a').snapshot)
      expect(part.train(batch(step), step % 2 === 0).loss).toBe(whole.train(batch(step), false).loss)
    }
    expect(part.snapshot()).toEqual(whole.snapshot())
  })
})
