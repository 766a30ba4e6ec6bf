import { beforeAll, expect, test } from 'vitest'
import type { Floats } from '../../shared/ndarray.ts'
import { wasm } from './backends/wasm.ts'
import { exampleOf } from './checks/problems.ts'
import type { Compute } from './layers/layer.ts'
import { measure } from './measure.ts'
import { gateStatistics } from './moment.ts'
import { cutSteps, pickExamples } from './sequence.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

test('shares of gates in twenty parts and of saturation are those counted by hand', () => {
  const { model, batch } = exampleOf(
    { cell: 'lstm', inputSize: 3, hiddenSize: 4, layers: 2, outputSize: 2, head: 'last', loss: 'mse' },
    [6, 3, 5],
    4,
  )
  const found = gateStatistics(compute, model, batch)
  const layers = [6, 3, 5].map((length, b) => {
    const { lengths: _all, ...one } = cutSteps(pickExamples(batch, [b]), length)
    return measure(compute, model, one).layers[1]
  })
  const values = (pick: (layer: NonNullable<(typeof layers)[number]>) => Floats) =>
    layers.flatMap((layer) => (layer ? [...pick(layer).data] : []))
  const counted = (all: number[], low: number, width: number) =>
    Array.from({ length: 20 }, (_, k) => all.filter((x) => Math.floor((x - low) / width) === k).length / all.length)
  const close = (name: string, expected: number[]) => {
    for (const [k, share] of expected.entries()) expect(found[name]?.data[k], name).toBeCloseTo(share, 5)
  }
  const forget = values(({ gates }) => gates.forget as Floats)
  close('layers.1.histogram.gates.forget', counted(forget, 0, 0.05))
  close('layers.1.saturation.gates.forget.right', [forget.filter((x) => x > 0.9).length / forget.length])
  close(
    'layers.1.histogram.gates.candidate',
    counted(
      values(({ gates }) => gates.candidate as Floats),
      -1,
      0.1,
    ),
  )
  close('layers.1.histogram.cell', counted(values(({ cell }) => cell as Floats).map(Math.tanh), -1, 0.1))
  close(
    'layers.1.histogram.hidden',
    counted(
      values(({ hidden }) => hidden),
      -1,
      0.1,
    ),
  )
  expect(Object.keys(found).filter((name) => name.startsWith('layers.0.histogram.'))).toHaveLength(6)
})

test('a plain RNN has what its activation bounds', () => {
  const namesOf = (activation: 'tanh' | 'sigmoid' | 'relu' | 'identity') => {
    const { model, batch } = exampleOf(
      { cell: 'rnn', activation, inputSize: 3, hiddenSize: 4, layers: 1, outputSize: 2, head: 'last', loss: 'mse' },
      [6],
      4,
    )
    return Object.keys(gateStatistics(compute, model, batch))
  }
  expect(namesOf('tanh')).toEqual(['layers.0.histogram.hidden', 'layers.0.saturation.hidden.beyond'])
  expect(namesOf('sigmoid')).toContain('layers.0.saturation.hidden.left')
  expect(namesOf('relu')).toEqual(['layers.0.saturation.hidden.dead'])
  expect(namesOf('identity')).toEqual([])
})
