import { beforeAll, describe, expect, test } from 'vitest'
import type { Batch, ModelConfig } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import { TrainingSpec } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { wasm } from './backends/wasm.ts'
import { generic } from './layers/generic.ts'
import type { Compute, Sequence } from './layers/layer.ts'
import { RowBuffer } from './rows.ts'
import { Trainer } from './train.ts'

let fused: Compute
beforeAll(async () => {
  fused = (await wasm.start()).compute
})
const engines: [string, () => Compute][] = [
  ['wasm', () => fused],
  ['generic', () => generic],
]

const training = parse(TrainingSpec, {}, 'spec-invalid', 'test')

/** Three sequences of at most five steps, in batches of `time` steps. */
function ragged(time: number, head: ModelConfig['head']): Batch {
  const lengths = [5, 2, 4]
  const inputs = new Float32Array(3 * time)
  const targets = new Float32Array(head === 'last' ? 3 : 3 * time).fill(1)
  for (const [b, length] of lengths.entries()) {
    for (let t = 0; t < length; t++) inputs[b * time + t] = Math.sin(1 + 7 * b + 3 * t)
  }
  return {
    inputs: ndarray([3, time, 1], inputs),
    lengths: ndarray([3], Int32Array.from(lengths)),
    targets: ndarray(head === 'last' ? [3, 1] : [3, time, 1], targets),
  }
}

const configOf = (head: ModelConfig['head']): ModelConfig => {
  return { cell: 'lstm', inputSize: 1, hiddenSize: 6, layers: 2, outputSize: 1, head, loss: 'bce' }
}

describe.each(engines)('training on %s', (_name, engine) => {
  test.each(['last', 'every-step'] as const)(
    'with a head at %s computes nothing beyond the longest example',
    (head) => {
      const asked: number[] = []
      const compute: Compute = {
        ...engine(),
        layer(layer, sequence: Sequence, options) {
          asked.push(sequence.inputs.shape[0] as number)
          return engine().layer(layer, sequence, options)
        },
      }
      const seen: (number | undefined)[] = []
      const metric = (output: { shape: readonly number[] }, batch: Batch) => {
        seen.push(output.shape[1], batch.inputs.shape[1])
        return 0
      }
      const trainer = () => new Trainer(compute, configOf(head), training, 1, metric)
      const [padded, alone] = [trainer(), trainer()]
      for (let step = 0; step < 5; step++) {
        const found = padded.train(ragged(9, head), true)
        const wanted = alone.train(ragged(5, head), true)
        expect(found).toEqual(wanted)
        expect(found.flow?.cell).toHaveLength(5)
      }
      expect(padded.snapshot()).toEqual(alone.snapshot())
      expect(new Set(asked)).toEqual(new Set([5]))
      expect(new Set(seen)).toEqual(new Set(head === 'last' ? [1, 5] : [5]))
    },
  )
})

test('weights of their own for each step train on batches as they are', () => {
  const config: ModelConfig = { ...configOf('last'), weights: 'per-step', length: 9 }
  const trainer = new Trainer(generic, config, training, 1, () => 0)
  const { flow } = trainer.train(ragged(9, 'last'), true)
  expect([...(flow?.hidden ?? [])].map(Number.isNaN)).toEqual([true, true, true, true, ...Array(5).fill(false)])
})

test('rows of flow stand at their end, NaN before the longest example; a validation of NaN is one', () => {
  const rows = new RowBuffer()
  const measured = { loss: 0, metric: 0 }
  rows.add({ step: 1, ...measured, flow: { hidden: Float32Array.of(1, 2) } })
  rows.add({ step: 2, ...measured }, { loss: Number.NaN, metric: Number.NaN })
  rows.add({ step: 3, ...measured, flow: { hidden: Float32Array.of(3, 4, 5) } })
  const { flow, history } = rows.take(3)
  expect([...flow.step]).toEqual([1, 3])
  expect([...(history.validated ?? [])]).toEqual([0, 1, 0])
  expect(flow.hidden).toEqual(ndarray([2, 3], Float32Array.of(Number.NaN, 1, 2, 3, 4, 5)))
})
